import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MemoryHistory } from './history.ts';
import { Transcript } from './transcript.ts';

function transcriptAt(times: readonly number[] = []): Transcript {
  let call = 0;
  return new Transcript({ clock: () => times[Math.min(call++, times.length - 1)] ?? 0 });
}

describe('the text', () => {
  test('can be read anywhere, also where it has left the memory', () => {
    const transcript = transcriptAt();
    const line = `${'x'.repeat(99)}\n`;
    for (let i = 0; i < 50_000; i++) transcript.receive(Buffer.from(line));
    expect(transcript.window.end - transcript.window.start).toBeLessThanOrEqual(2 << 20);
    expect(transcript.text(0, 100)).toBe(line);
    expect(transcript.text(99, 301)).toBe(`\n${line}${line}x`);
    expect(transcript.lineNumber(0)).toBe(1);
    expect(transcript.lineNumber(100)).toBe(2);
    expect(transcript.lineNumber(99)).toBe(1);
    expect(transcript.lineNumber(transcript.end)).toBe(50_001);
    expect(transcript.lineNumber(4_000_050)).toBe(40_001);
  });

  test('of a byte that is no UTF-8 is one replacement character, and a byte-order mark stays', () => {
    const transcript = transcriptAt();
    transcript.receive(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61, 0xe2, 0x82, 0x62));
    expect(transcript.text(0)).toBe('\ufeffa\ufffd\ufffdb');
  });

  test('is that of all bytes at once, wherever they were cut', () => {
    const bytes = fc.array(fc.constantFrom(0x1b, 0x5b, 0x33, 0x6d, 0x41, 0x0a, 0x0d, 0xe2, 0x82, 0xac, 0xff));
    fc.assert(
      fc.property(bytes, fc.array(fc.nat(40)), (all, cuts) => {
        const whole = transcriptAt();
        whole.receive(Uint8Array.from(all));
        const parts = transcriptAt();
        let from = 0;
        for (const to of [...cuts, all.length].sort((a, b) => a - b)) {
          parts.receive(Uint8Array.from(all.slice(from, to)));
          from = Math.max(from, to);
        }
        expect(parts.text(0)).toBe(whole.text(0));
        expect(parts.rawBytes).toBe(whole.rawBytes);
      }),
    );
  });

  test('begins anew outside any escape sequence when the bytes come from another source', () => {
    const transcript = transcriptAt();
    transcript.receive(Buffer.from('a\x1b['));
    transcript.cut();
    transcript.receive(Buffer.from('31mb'));
    expect(transcript.text(0)).toBe('a31mb');
  });
});

describe('the last lines', () => {
  test('say something, have their time, and show what redrawing left', () => {
    const transcript = transcriptAt([10, 20, 30]);
    transcript.receive(Buffer.from('one\r\n\r\n'));
    transcript.receive(Buffer.from(' 10%\r 99%\r\n   \n'));
    transcript.receive(Buffer.from('login: '));
    expect(transcript.tail(5)).toEqual([
      { atMs: 10, text: 'one' },
      { atMs: 20, text: ' 99%' },
      { atMs: 30, text: 'login: ' },
    ]);
    expect(transcript.tail(1)).toEqual([{ atMs: 30, text: 'login: ' }]);
  });

  test('begin with a whole line, unless there is none', () => {
    const transcript = transcriptAt();
    transcript.receive(Buffer.from(`${'x'.repeat(2_000)}\nsecond\n`));
    expect(transcript.tail(2).map(({ text }) => text)).toEqual(['second']);
    const endless = transcriptAt();
    endless.receive(Buffer.from('y'.repeat(2_000)));
    expect(endless.tail(1)[0]?.text).toBe('y'.repeat(512));
  });

  test('keep their times behind bytes that are no text', () => {
    const transcript = transcriptAt([10, 20]);
    transcript.receive(Uint8Array.of(0xff, 0xff, 0xff, 0x0a));
    transcript.receive(Buffer.from('late\n'));
    expect(transcript.tail(1)).toEqual([{ atMs: 20, text: 'late' }]);
  });
});

test('times are those of the chunk, to 5 ms, before the first as well', () => {
  const transcript = transcriptAt([100, 102, 300]);
  for (const text of ['ab', 'cd', 'ef']) transcript.receive(Buffer.from(text));
  expect([0, 1, 2, 3, 4, 5, 9].map((offset) => transcript.atMs(offset))).toEqual([
    100, 100, 100, 100, 300, 300, 300,
  ]);
  expect(transcript.lastAtMs).toBe(300);
  expect(transcriptAt().atMs(5)).toBe(0);
});

test('a history that is cut short ends a count of lines, and a read', () => {
  const transcript = new Transcript({
    clock: () => 0,
    history: { append: () => {}, read: () => new Uint8Array() },
  });
  for (let i = 0; i < 40; i++) transcript.receive(Buffer.from('x'.repeat(100_000)));
  expect(transcript.lineNumber(transcript.end)).toBe(1);
  expect(transcript.text(0, 10)).toBe('');
});

test('history in memory gives back what was appended, in any range', () => {
  const history = new MemoryHistory();
  for (const text of ['ab', 'cd', 'ef']) history.append(Buffer.from(text));
  expect(Buffer.from(history.read(1, 5)).toString()).toBe('bcde');
  expect(Buffer.from(history.read(5, 50)).toString()).toBe('f');
});

test('both directions reach the recorder', () => {
  const seen: [string, string, number][] = [];
  const note = (direction: string) => (bytes: Uint8Array, atMs: number) =>
    seen.push([direction, Buffer.from(bytes).toString(), atMs]);
  const transcript = new Transcript({
    clock: () => 7,
    recorder: { received: note('received'), sent: note('sent') },
  });
  transcript.sent(Buffer.from('ls\r'));
  transcript.receive(Buffer.from('\x1b[1mx'));
  expect(seen).toEqual([
    ['sent', 'ls\r', 7],
    ['received', '\x1b[1mx', 7],
  ]);
});
