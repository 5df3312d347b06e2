/** Runs that are larger than usual, with their logs as the workers leave them. */
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  RUN_ID,
  sampleFailure,
  sampleMachine,
  sampleRun,
  sampleScenario,
  sampleTest,
} from '../../src/harness/report/fixtures/sample-run.ts';
import { appendHistory } from '../../src/harness/report/history.ts';
import type { ConsoleRecord } from '../../src/harness/report/record.ts';
import type { RunRecord, TestRecord } from '../../src/harness/report/run.ts';
import { consoleBytes } from '../expect/corpus.ts';

const LARGE_BYTES = 100_000_000;
/** What comes within a millisecond; a fast guest on a virtio console. */
const PIECE_BYTES = 100;
const SCENARIOS = 500;
const EARLIER_RUNS = 20;

/** One scenario with a console of 100 MB, in a million pieces. */
export function largeConsole(root: string): RunRecord {
  const text = consoleBytes(20_000_000, 1);
  const console = writeConsole(root, 'large/console', Math.floor(LARGE_BYTES / text.length), text);
  return sampleRun([sampleTest({ scenario: sampleScenario(sampleMachine({ consoles: [console] })) })]);
}

/** 500 scenarios in 50 files, each with three consoles of 2 to 14 KB, one in twenty failed, and a history. */
export function manyScenarios(root: string): RunRecord {
  const text = consoleBytes(2_000_000, 2);
  const tests = Array.from({ length: SCENARIOS }, (_, index): TestRecord => {
    const consoles = ['firmware', 'console', 'shell'].map((name, at) => {
      const bytes = 2_000 + 6_000 * at;
      const from = (index * 3_701 + at * 1_009) % (text.length - bytes);
      return writeConsole(root, `many-${index}/${name}`, 1, text.subarray(from, from + bytes));
    });
    const about = {
      file: `scenarios/family-${Math.floor(index / 10)}.test.ts`,
      name: `a guest of kind ${index} boots in Xen`,
      scenario: sampleScenario(sampleMachine({ consoles })),
      tookMs: 9_000 + ((index * 7919) % 9_000),
    };
    return index % 20 === 7 ? sampleFailure(about) : sampleTest(about);
  });
  for (let earlier = 0; earlier < EARLIER_RUNS; earlier++) {
    const startedAt = new Date(Date.UTC(2025, 9, 1 + earlier)).toISOString();
    const before = tests.map((test) => ({ ...test, startedAt }));
    appendHistory(root, sampleRun(before, { id: `earlier-${earlier}`, startedAt }));
  }
  return sampleRun(tests);
}

function writeConsole(root: string, name: string, times: number, text: Uint8Array): ConsoleRecord {
  const log = `${name}.log`;
  const path = join(root, 'reports/runs', RUN_ID, log);
  mkdirSync(dirname(path), { recursive: true });
  const file = openSync(path, 'w');
  for (let round = 0; round < times; round++) writeSync(file, text);
  closeSync(file);
  const bytes = times * text.length;
  const lines = Array.from({ length: Math.ceil(bytes / PIECE_BYTES) }, (_, at) => {
    const length = Math.min(PIECE_BYTES, bytes - at * PIECE_BYTES);
    return `[${at},"o",${length}]\n`;
  });
  writeFileSync(path.replace(/\.log$/, '.times'), lines.join(''));
  return {
    name: name.split('/').at(-1) as string,
    log,
    bytes,
    typing: { sent: 40, echoed: 40, retyped: 0 },
    tail: [{ atMs: 10_900, text: '~ # ' }],
  };
}
