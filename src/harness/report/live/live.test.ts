import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { blockRows } from './block.ts';
import { appendEvent, eventsFile, type LiveEvent } from './event.ts';
import { EventTail } from './event-tail.ts';
import { lineOf, stillLine } from './plain-lines.ts';
import { Standings } from './standing.ts';

const MACHINE = { machine: '7-1', at: 1_000 };
const EVENTS: readonly LiveEvent[] = [
  { ...MACHINE, kind: 'launch', name: 'dom0', task: 't1', file: 'a.test.ts', test: 'boots' },
  { ...MACHINE, kind: 'run', clockMs: 0 },
  { ...MACHINE, kind: 'milestone', name: 'firmware', stage: 'firmware', atMs: 120 },
  { ...MACHINE, kind: 'line', console: 'console', text: 'evil \x1b[2J\x1b]0;title\x07 line' },
];
const EXPECTED = { milestones: [{ name: 'kernel', atMs: 8_000 }], endMs: 10_000 };
const TALLY = {
  startedAt: 0,
  ...{ files: { done: 1, total: 3 }, tests: { passed: 4, failed: 1 }, running: 'b.test.ts' },
};

function standings(events: readonly LiveEvent[] = EVENTS): Standings {
  const all = new Standings();
  for (const event of events) all.apply(event);
  return all;
}

function rows(columns: number, events = EVENTS, height = 30): string[] {
  const machines = standings(events).running.map((standing) => ({ standing, expected: EXPECTED }));
  return blockRows({ machines, tally: TALLY, now: 5_000 }, { columns, rows: height, colour: false });
}

describe('the events of a run', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'domes-live-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test('are read as they come; a cut line waits for its end, a damaged one is left out', () => {
    const file = eventsFile(folder);
    using tail = new EventTail(file);
    expect(tail.read()).toEqual([]);
    const [first, second] = EVENTS as [LiveEvent, LiveEvent];
    appendEvent(file, first);
    const text = `${JSON.stringify(second)}\n`;
    appendFileSync(file, `{"kind":"nonsense"}\nnot json\n${text.slice(0, 20)}`);
    expect(tail.read()).toEqual([first]);
    appendFileSync(file, text.slice(20));
    expect(tail.read()).toEqual([second]);
    expect(tail.read()).toEqual([]);
  });

  test('that nobody can write cost nothing', () => {
    expect(() => appendEvent(join(folder, 'no/where'), EVENTS[0] as LiveEvent)).not.toThrow();
  });
});

describe('standings', () => {
  test('a machine goes with its end, or with its test', () => {
    const all = standings();
    all.endOf((task) => task === 't2');
    expect(all.running).toHaveLength(1);
    all.endOf((task) => task === 't1');
    expect(all.running).toEqual([]);
    expect(standings([...EVENTS, { ...MACHINE, kind: 'end' }]).running).toEqual([]);
  });

  test('what comes for a machine that is not known is left out', () => {
    expect(new Standings().apply({ ...MACHINE, kind: 'end' })).toBeUndefined();
  });
});

describe('the block', () => {
  test('on a wide terminal', () => {
    expect(rows(100)).toMatchInlineSnapshot(`
      [
        "",
        " ▸ dom0  firmware            4 s  ━━━━━━━━━━━━━─────────────────── 40% ~6 s left",
        "   boots",
        "   │ evil ␛[2J␛]0;title␇ line",
        " Files 1/3  Tests 4 passed, 1 failed  Time 5 s",
      ]
    `);
  });

  test('on a narrow one no row is longer than that', () => {
    const narrow = rows(40);
    expect(narrow).toMatchInlineSnapshot(`
      [
        "",
        " ▸ dom0  firmware 4 s",
        "   ━━━━━━━━──────────── 40% ~6 s left",
        "   │ evil ␛[2J␛]0;title␇ line",
        " Files 1/3  Tests 4 passed, 1 failed  T…",
      ]
    `);
    expect(Math.max(...narrow.map(({ length }) => length))).toBeLessThanOrEqual(40);
  });

  test('what does not fit below each other is counted', () => {
    const many = Array.from({ length: 9 }, (_, index) =>
      EVENTS.map((event) => ({ ...event, machine: `7-${index}` })),
    ).flat();
    const shown = rows(100, many, 16);
    expect(shown.length).toBeLessThan(16);
    expect(shown.at(-2)).toBe(' … and 6 more');
  });

  test('a machine that is kept says how to get in', () => {
    const paused = rows(100, [...EVENTS, { ...MACHINE, kind: 'pause', why: 'the test failed' }]);
    expect(paused.join('\n')).toMatch(/‖ dom0 .*paused.*the test failed.*npx domes attach dom0/s);
  });
});

describe('plain lines', () => {
  const all = standings();
  const [machine] = all.running;

  test('one for each milestone, with what is usual', () => {
    const lines = EVENTS.map((event) => machine && lineOf(event, machine, undefined));
    expect(lines).toEqual([
      'dom0: launching, for a.test.ts › boots',
      undefined,
      'dom0: firmware 120 ms',
      undefined,
    ]);
    const kernel = { ...MACHINE, kind: 'milestone', name: 'kernel', stage: 'kernel', atMs: 9_000 } as const;
    expect(machine && lineOf(kernel, machine, EXPECTED)).toBe('dom0: kernel 9.0 s (usually 8.0 s)');
  });

  test('and that it still goes on, with nothing of the guest’s own escapes', () => {
    expect(machine && stillLine(machine, EXPECTED, 6_000)).toBe(
      'dom0: in firmware after 5 s, ~5 s left · last line: evil ␛[2J␛]0;title␇ line',
    );
  });
});
