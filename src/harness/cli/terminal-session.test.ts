import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { terminalSession } from './terminal-session.ts';

/** A person behind pipes, and a console. */
function setUp() {
  const input = new PassThrough();
  const output = new PassThrough();
  const sent: string[] = [];
  let print = (_: Uint8Array) => {};
  let end = () => {};
  const peer = {
    onBytes: (listener: typeof print) => {
      print = listener;
    },
    send: (bytes: Uint8Array) => void sent.push(Buffer.from(bytes).toString()),
    ended: new Promise<void>((resolve) => {
      end = resolve;
    }),
  };
  const person = { input, output } as unknown as Parameters<typeof terminalSession>[1];
  const abort = new AbortController();
  const left = terminalSession(peer, person, { detach: 0x1c, signal: abort.signal });
  return {
    input,
    output,
    sent,
    left,
    abort,
    print: (text: string) => print(Buffer.from(text)),
    end: () => end(),
  };
}

test('keys go to the guest, its bytes come as they are, until the person leaves', async () => {
  const session = setUp();
  session.print('\x1b[31mred');
  session.input.write('ls\r\x1cnot this');
  expect(await session.left).toBe('detached');
  expect(session.sent).toEqual(['ls\r']);
  expect(session.output.read().toString()).toBe('\x1b[31mred');
  expect(session.input.listenerCount('data')).toBe(0);
});

test('ends with the console', async () => {
  const session = setUp();
  session.end();
  expect(await session.left).toBe('ended');
});

test('ends when this process is told to', async () => {
  const session = setUp();
  session.abort.abort();
  expect(await session.left).toBe('cancelled');
});
