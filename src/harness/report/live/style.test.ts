import { describe, expect, test } from 'vitest';
import { isForProgram, liveStyle, type ReporterEntry, withoutSummaries } from './style.ts';

const TTY = { isTTY: true };
const DEFAULT: ReporterEntry[] = [['default', {}]];

describe('how a run is shown', () => {
  test.each([
    ['a person at a terminal', DEFAULT, TTY, {}, 'block'],
    ['a pipe', DEFAULT, {}, {}, 'lines'],
    ['a CI job with a terminal', DEFAULT, TTY, { CI: 'true' }, 'lines'],
    ['CI=false is no CI job', DEFAULT, TTY, { CI: 'false' }, 'block'],
    ['a terminal that can do nothing', DEFAULT, TTY, { TERM: 'dumb' }, 'lines'],
    ['asked for', DEFAULT, TTY, { CI: '1', DOMES_LIVE: 'block' }, 'block'],
    ['not where there is no terminal', DEFAULT, {}, { DOMES_LIVE: 'block' }, 'lines'],
    ['switched off', DEFAULT, TTY, { DOMES_LIVE: 'off' }, 'off'],
    ['beside a reporter that draws itself', [['dot', {}]], TTY, {}, 'off'],
    ['beside one for programs', [['json', {}]], TTY, {}, 'lines'],
  ] as const)('%s', (_, reporters, stream, env, style) => {
    expect(liveStyle([...reporters] as ReporterEntry[], { stream, env })).toBe(style);
  });

  test('another word is a mistake', () => {
    expect(() => liveStyle(DEFAULT, { stream: TTY, env: { DOMES_LIVE: 'blokc' } })).toThrow(
      'DOMES_LIVE is "blokc": expected block, lines or off',
    );
  });
});

test('summaries are switched off, other options stay', () => {
  const own = {};
  const reporters: ReporterEntry[] = [['verbose', { silent: true }], ['junit', {}], own];
  withoutSummaries(reporters);
  expect(reporters).toEqual([['verbose', { silent: true, summary: false }], ['junit', {}], own]);
  expect(isForProgram(reporters)).toBe(true);
});
