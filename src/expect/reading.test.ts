import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compilePattern } from './pattern/compile.ts';
import type { Pattern } from './pattern/pattern.ts';
import { Reading } from './reading.ts';
import { Transcript } from './transcript.ts';

const LINE = `[    1.000000] a line of a boot that says nothing of any interest to anybody\r\n`;

function transcriptOf(...texts: string[]): Transcript {
  const transcript = new Transcript({ clock: () => 0 });
  for (const text of texts)
    for (let at = 0; at < text.length; at += 65_536)
      transcript.receive(Buffer.from(text.slice(at, at + 65_536)));
  return transcript;
}

const reading = (transcript: Transcript, patterns: readonly Pattern[], from = 0) =>
  new Reading(
    transcript,
    patterns.map((pattern) => compilePattern(pattern)),
    from,
  );

/** Advances until there is a match or nothing more to read back. */
function readAll(one: Reading) {
  for (let turns = 1; ; turns++) {
    const match = one.advance();
    if (match || one.postponed !== 'soon') return { match, turns };
  }
}

describe('text that has left the memory', () => {
  const long = LINE.repeat(200_000);

  test('is read back and searched, in turns, and then goes on live', () => {
    const transcript = transcriptOf('first login: ', long);
    const one = reading(transcript, ['nothing like it']);
    const { match, turns } = readAll(one);
    expect(match).toBeUndefined();
    expect(turns).toBeGreaterThan(2);
    transcript.receive(Buffer.from('nothing li'));
    expect(one.advance()).toBeUndefined();
    transcript.receive(Buffer.from('ke it'));
    expect(one.advance()).toMatchObject({ start: transcript.end - 15, end: transcript.end });
    expect(readAll(reading(transcript, ['login: '])).match).toMatchObject({ start: 6, end: 13 });
  });

  test('is matched as it would have been when it was new', () => {
    const marked = (at: number) => `${long.slice(0, at)}needle-42 ${long.slice(at, 6_000_000)}`;
    fc.assert(
      fc.property(fc.nat(5_500_000), (at) => {
        const transcript = transcriptOf(marked(at));
        const { match } = readAll(reading(transcript, [/needle-\d+/, /zzz/]));
        expect(match).toMatchObject({ index: 0, start: at, end: at + 9, text: 'needle-42' });
      }),
      { numRuns: 5 },
    );
  });

  test('that was lost (a full disk) is passed over', () => {
    const transcript = new Transcript({
      clock: () => 0,
      history: { append: () => {}, read: () => new Uint8Array() },
    });
    for (let at = 0; at < 3_000_000; at += 50_000) transcript.receive(Buffer.from('x'.repeat(50_000)));
    transcript.receive(Buffer.from('login: '));
    expect(readAll(reading(transcript, ['login: '])).match?.end).toBe(transcript.end);
  });
});

describe('echoes', () => {
  test('are passed over by matches that overlap them, and only by those', () => {
    const transcript = transcriptOf('$ echo ready\r\nready\r\n$ ');
    transcript.echoes.settle([{ from: 2, to: 12 }]);
    expect(reading(transcript, ['ready']).advance()).toMatchObject({ start: 14 });
    expect(reading(transcript, ['$ ']).advance()).toMatchObject({ start: 0 });
    expect(reading(transcript, ['$ e']).advance()).toBeUndefined();
    expect(reading(transcript, [/ready\r\nr/]).advance()).toBeUndefined();
  });

  test('that are not told apart yet hold a match back', () => {
    const transcript = transcriptOf('$ ');
    const one = reading(transcript, ['ready']);
    transcript.echoes.expectFrom(2);
    transcript.receive(Buffer.from('echo ready'));
    expect(one.advance()).toBeUndefined();
    expect(one.postponed).toBe('later');
    transcript.receive(Buffer.from('\r\nready'));
    transcript.echoes.settle([{ from: 2, to: 12 }]);
    expect(one.advance()).toMatchObject({ start: 14 });
    expect(one.postponed).toBeUndefined();
  });

  test('are passed over when open ends are decided as well', () => {
    const transcript = transcriptOf('echo 12 34');
    transcript.echoes.settle([{ from: 0, to: 7 }]);
    const one = reading(transcript, [/\d+/]);
    expect(one.advance()).toBeUndefined();
    expect(one.undecided).toBe(true);
    expect(one.quiet()).toMatchObject({ text: '34' });
  });

  test('far back in the history are passed over too', () => {
    const transcript = transcriptOf('echo ready\r\n', LINE.repeat(60_000), 'ready');
    transcript.echoes.settle([{ from: 0, to: 10 }]);
    expect(readAll(reading(transcript, ['ready'])).match?.end).toBe(transcript.end);
  });
});
