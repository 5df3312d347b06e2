import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Condition, type Ending, ending, QUIET_MS } from './ending.ts';
import { compilePattern } from './pattern/compile.ts';
import { Reading } from './reading.ts';
import { FatalLines } from './testing/fatal-lines.ts';
import { scriptedConsole } from './testing/scripted-guest.ts';

const IMMEDIATELY: Condition<string> = { check: () => 'value' };
const NEVER: Condition<string> = { check: () => undefined };

function watched() {
  const interrupt = new FatalLines();
  const { guest, console } = scriptedConsole({ interrupt });
  interrupt.watch(console);
  return { guest, console, interrupt };
}

describe('a wait ends', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    // Whatever the ending, nothing is left behind.
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });

  test('with a match: at once when it is there already', async () => {
    const { console, interrupt } = watched();
    expect(await ending(console, IMMEDIATELY, { timeoutMs: 0 })).toEqual({ kind: 'matched', value: 'value' });
    expect(interrupt.listening).toBe(0);
  });

  test('with a known failure on another console, at once', async () => {
    const { console, interrupt } = watched();
    const end = ending(console, NEVER, { timeoutMs: 1_000 });
    interrupt.raise('other', 'FATAL', 6);
    expect(await end).toMatchObject({ kind: 'interrupted', failure: { console: 'other' } });
    expect(interrupt.listening).toBe(0);
  });

  test('at the end of the stream, where open ends are decided first', async () => {
    const { console, guest } = watched();
    const ended = ending(console, NEVER, { timeoutMs: 1_000 });
    const last = ending(console, { ...NEVER, quiet: () => 'last' }, { timeoutMs: 1_000 });
    guest.end();
    expect(await ended).toEqual({ kind: 'ended' });
    expect(await last).toEqual({ kind: 'matched', value: 'last' });
  });

  test('at its deadline, which decides open ends as well', async () => {
    const { console, interrupt } = watched();
    const late = ending(console, NEVER, { timeoutMs: 1_000 });
    const last = ending(console, { ...NEVER, quiet: () => 'last' }, { timeoutMs: 1_000 });
    await elapse(1_000);
    expect(await late).toEqual({ kind: 'deadline' });
    expect(await last).toEqual({ kind: 'matched', value: 'last' });
    expect(interrupt.listening).toBe(0);
  });

  test('by an abort: before it begins and while it lasts', async () => {
    const { console, interrupt } = watched();
    const { signal } = new AbortController();
    const stop = new AbortController();
    const end = ending(console, NEVER, { timeoutMs: 1_000, signal: stop.signal });
    stop.abort('enough');
    expect(await end).toEqual({ kind: 'aborted', reason: 'enough' });
    expect(await ending(console, IMMEDIATELY, { timeoutMs: 1, signal: stop.signal })).toEqual(await end);
    expect(await ending(console, IMMEDIATELY, { timeoutMs: 1, signal })).toMatchObject({ kind: 'matched' });
    expect(interrupt.listening).toBe(0);
  });

  test('with what its condition throws, now or later', async () => {
    const { console, guest, interrupt } = watched();
    let isBroken = false;
    const condition = {
      check() {
        if (isBroken) throw new RangeError('broken');
        return undefined;
      },
    };
    const end = ending(console, condition, { timeoutMs: 1_000 });
    isBroken = true;
    guest.print('x');
    await expect(end).rejects.toThrow(RangeError);
    await expect(ending(console, condition, { timeoutMs: 1_000 })).rejects.toThrow(RangeError);
    expect(interrupt.listening).toBe(0);
  });

  test('never at once because its time is longer than a timer can be', async () => {
    const { console, guest } = watched();
    const end = ending(
      console,
      { check: () => console.transcript.end || undefined },
      { timeoutMs: Infinity },
    );
    await vi.advanceTimersByTimeAsync(1_000_000);
    guest.print('x');
    expect(await end).toEqual({ kind: 'matched', value: 1 });
  });

  test('only when all that has arrived was judged', async () => {
    const { console, guest, interrupt } = watched();
    let step = 0;
    const condition: Condition<string> = {
      check: () => (step++ === 2 ? 'found' : undefined),
      postponed: () => (step < 3 ? 'soon' : undefined),
      offsetOf: () => 0,
    };
    const end = ending(console, condition, { timeoutMs: 1_000 });
    interrupt.raise('guest', 'FATAL', 6);
    guest.end();
    await vi.advanceTimersByTimeAsync(0);
    expect(await end).toEqual({ kind: 'matched', value: 'found' });
  });
});

test('text that arrived while this process was held up counts, though a timer is due first', async () => {
  const { console, guest } = watched();
  const folder = mkdtempSync(join(tmpdir(), 'domes-ending-'));
  const server = createServer((socket) => socket.on('data', (bytes) => guest.print(bytes)));
  server.listen(join(folder, 'socket'));
  const client = connect(join(folder, 'socket'));
  await once(client, 'connect');
  const end = ending(console, { check: () => console.transcript.end || undefined }, { timeoutMs: 1 });
  client.write('x');
  for (const until = performance.now() + 5; performance.now() < until; );
  expect(await end).toEqual({ kind: 'matched', value: 1 });
  client.destroy();
  server.close();
  rmSync(folder, { recursive: true });
});

test('a console that is quiet decides an open end, and only a quiet one', async () => {
  vi.useFakeTimers();
  const { console, guest } = watched();
  const reading = new Reading(console.transcript, [compilePattern(/\d+/)], 0);
  let end: Ending<string> | undefined;
  const wait = ending<string>(console, conditionOf(reading), { timeoutMs: 60_000 });
  void wait.then((value) => {
    end = value;
  });
  guest.print('12');
  await vi.advanceTimersByTimeAsync(QUIET_MS - 1);
  guest.print('3');
  await vi.advanceTimersByTimeAsync(QUIET_MS - 1);
  expect(end).toBeUndefined();
  await elapse(1);
  expect(end).toEqual({ kind: 'matched', value: '123' });
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

test('the verdict between a match and a failure does not depend on how the bytes were cut', async () => {
  const word = fc.constantFrom('login: ', 'noise\n', 'FATAL: x\n', 'ogin: FATAL', 'log', 'FAT', '\n', 'AL\n');
  const script = fc.record({
    text: fc.array(word, { minLength: 1, maxLength: 8 }).map((words) => words.join('')),
    cuts: fc.array(fc.nat(60)),
    unread: fc.nat(60),
  });
  const verdict = async (text: string, cuts: readonly number[], unread: number) => {
    const { console, guest } = watched();
    guest.print(text.slice(0, unread), cuts);
    const reading = new Reading(console.transcript, [compilePattern('login: ')], 0);
    const wait = ending(console, conditionOf(reading), { timeoutMs: 60_000 });
    guest.print(
      text.slice(unread),
      cuts.map((cut) => cut - unread),
    );
    guest.end();
    const end = await wait;
    return end.kind === 'interrupted' ? { ...end, failure: end.failure.offset } : end;
  };
  await fc.assert(
    fc.asyncProperty(script, async ({ text, cuts, unread }) => {
      const everyByte = Array.from(text, (_, at) => at);
      const byBytes = await verdict(text, everyByte, 0);
      expect(await verdict(text, cuts, Math.min(unread, text.length))).toEqual(byBytes);
      const [match, failure] = [text.indexOf('login: '), /FATAL[^\n]*\n/.exec(text)];
      const failureEnd = failure ? failure.index + failure[0].length : Infinity;
      const isFirst = match >= 0 && match + 'login: '.length < failureEnd;
      expect(byBytes.kind).toBe(isFirst ? 'matched' : failure ? 'interrupted' : 'ended');
    }),
  );
});

/** A timer lets due events go first: one more turn. */
async function elapse(ms: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
  await vi.advanceTimersByTimeAsync(1);
}

function conditionOf(reading: Reading): Condition<string> {
  const ends = new Map<string, number>();
  const textOf = (match = reading.advance()) => {
    if (match) ends.set(match.text, match.end);
    return match?.text;
  };
  return {
    check: () => textOf(),
    quiet: () => textOf(reading.quiet()),
    offsetOf: (text) => ends.get(text) ?? 0,
    undecided: () => reading.undecided,
    postponed: () => reading.postponed,
  };
}
