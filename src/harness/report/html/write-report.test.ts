import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { RecordedRun } from '../fixtures/recorded-run.ts';
import { RUN_ID, sampleFailure, sampleScenario, sampleTest } from '../fixtures/sample-run.ts';
import { appendHistory } from '../history.ts';
import type { RunRecord } from '../run.ts';
import type { RunView, ScenarioView } from './view.ts';
import { isWorthAReport, writeReport } from './write-report.ts';

const ASSETS = { script: '// page', style: '/* page */' };

/** Another run than that of the sample. */
const LATER = { id: '2025-11-23T00-00-00Z-aaaa', folder: 'reports/runs/2025-11-23T00-00-00Z-aaaa' };

/** Runs the data scripts of the report, as the page would. */
function dataOf(root: string) {
  const folder = folderOf(root);
  const data = {
    run: undefined as RunView | undefined,
    scenarios: new Map<string, ScenarioView>(),
    chunks: new Map<string, { text: string }>(),
    casts: new Map<string, unknown[]>(),
  };
  const domes = {
    run: (view: RunView) => {
      data.run = view;
    },
    scenario: (key: string, view: ScenarioView) => data.scenarios.set(key, view),
    chunk: (key: string, index: number, chunk: { text: string }) => data.chunks.set(`${key}-${index}`, chunk),
    cast: (key: string, events: unknown[]) => data.casts.set(key, events),
  };
  for (const name of readdirSync(folder))
    if (/^(run|s\d.*)\.js$/.test(name))
      new Function('domes', readFileSync(join(folder, name), 'utf8'))(domes);
  return data;
}

function folderOf(root: string): string {
  const page = readFileSync(join(root, 'reports/index.html'), 'utf8');
  return join(root, 'reports', page.match(/data-folder="([^"]+)"/)?.[1] ?? '');
}

function write(recorded: RecordedRun, run: RunRecord): void {
  mkdirSync(join(recorded.root, run.folder), { recursive: true });
  writeReport(recorded.root, run, ASSETS);
}

const BOOT = {
  name: 'console',
  output: [
    [400, 'GRUB\r\n'],
    [3_100, '\x1b[1mXen\x1b[0m 4.17\r\n'],
    [9_000, 'login: '],
  ],
} as const;

test('a report: the page, its scripts, the text, the cast and the trace', () => {
  using recorded = new RecordedRun();
  write(
    recorded,
    recorded.run([
      recorded.test([BOOT]),
      sampleTest({ name: 'unit', project: 'unit', scenario: undefined as never }),
    ]),
  );
  const { run, scenarios, chunks, casts } = dataOf(recorded.root);
  expect(run).toMatchObject({
    id: RUN_ID,
    otherTests: { passed: 1 },
    scenarios: [{ key: 's0', state: 'passed' }],
  });
  const [machine] = scenarios.get('s0')?.machines ?? [];
  expect(machine?.consoles[0]).toMatchObject({
    key: 's0m0c0',
    chunks: [[3, 1, 400]],
    cast: true,
    apart: false,
  });
  expect(chunks.get('s0m0c0-0')?.text).toBe('GRUB\r\nXen 4.17\r\nlogin: ');
  expect(casts.get('s0m0c0')).toContainEqual([0, 'o', '\x1b[1mXen\x1b[0m 4.17\r\n']);

  const runFolder = join(recorded.root, 'reports/runs', RUN_ID);
  const cast = readFileSync(join(runFolder, 'xen-pv/boots/console.cast'), 'utf8').trim().split('\n');
  expect(cast.map((line) => JSON.parse(line))).toEqual(casts.get('s0m0c0'));
  expect(JSON.parse(readFileSync(join(runFolder, 'trace.json'), 'utf8')).traceEvents).not.toHaveLength(0);
  expect(readdirSync(folderOf(recorded.root))).toEqual(
    expect.arrayContaining(['asciinema-player.js', 'asciinema-player.css', 'asciinema-player.LICENSE.txt']),
  );
});

test('what is absent is said to be; a path that leads elsewhere is not followed; a damaged log loses its own console', () => {
  using recorded = new RecordedRun();
  const one = recorded.test([
    BOOT,
    { ...BOOT, name: 'gone' },
    { ...BOOT, name: 'folder' },
    { ...BOOT, name: 'out' },
  ]);
  const consoles = one.scenario?.machines[0]?.consoles ?? [];
  const path = (index: number) => join(recorded.root, 'reports/runs', RUN_ID, consoles[index]?.log ?? '');
  rmSync(path(1));
  rmSync(path(2));
  mkdirSync(path(2));
  (consoles[3] as { log: string }).log = '../../../../etc/passwd.log';
  write(recorded, recorded.run([one]));
  const [machine] = dataOf(recorded.root).scenarios.get('s0')?.machines ?? [];
  expect(machine?.consoles.map(({ absent }) => absent)).toEqual([
    undefined,
    expect.stringContaining('is not in the run'),
    expect.stringContaining('EISDIR'),
    expect.stringContaining('outside'),
  ]);
});

test('a merged run: the logs are those of the runs that were merged', () => {
  using recorded = new RecordedRun();
  write(recorded, recorded.run([recorded.test([BOOT])], { ...LATER, merged: true }));
  const data = dataOf(recorded.root);
  expect(data.run?.merged).toBe(true);
  expect(data.scenarios.get('s0')?.machines[0]?.consoles[0]?.files[0]?.[1]).toBe(
    `runs/${RUN_ID}/xen-pv/boots/console.log`,
  );
});

test('a new report takes the place of the old one; one that fails leaves it', () => {
  using recorded = new RecordedRun();
  write(recorded, recorded.run([recorded.test([BOOT])]));
  const first = folderOf(recorded.root);
  write(recorded, recorded.run([recorded.test([BOOT])]));
  const second = folderOf(recorded.root);
  expect(second).not.toBe(first);
  expect(readdirSync(join(recorded.root, 'reports/html'))).toHaveLength(1);

  // The trace can't be written: its place is taken.
  rmSync(join(recorded.root, 'reports/runs', RUN_ID, 'trace.json'));
  mkdirSync(join(recorded.root, 'reports/runs', RUN_ID, 'trace.json/x'), { recursive: true });
  expect(() => write(recorded, recorded.run([sampleTest()]))).toThrow();
  expect(folderOf(recorded.root)).toBe(second);
  expect(existsSync(join(second, 'run.js'))).toBe(true);
  expect(readdirSync(join(recorded.root, 'reports/html'))).toHaveLength(1);
});

test('a large console has its chunks in files of their own, and no cast for the player above 4 MB', () => {
  using recorded = new RecordedRun();
  const line = `${'[    1.000000] a line that a kernel might print, but many times over'.padEnd(99)}\n`;
  const large = (name: string, lines: number) => ({ name, output: [[5, line.repeat(lines)]] as const });
  write(recorded, recorded.run([recorded.test([large('medium', 10_000), large('large', 50_000)])]));
  const { scenarios, chunks, casts } = dataOf(recorded.root);
  const [medium, big] = scenarios.get('s0')?.machines[0]?.consoles ?? [];
  expect([medium?.apart, medium?.cast, big?.apart, big?.cast]).toEqual([true, true, true, false]);
  expect(big?.chunks.reduce((sum, [rows]) => sum + rows, 0)).toBe(50_000);
  expect([...chunks.keys()].filter((key) => key.startsWith('s0m0c1'))).toHaveLength(big?.chunks.length ?? 0);
  expect([...casts.keys()]).toEqual(['s0m0c0']);
});

test('trends are those of earlier runs that passed; the cause of a failure is what the list shows', () => {
  using recorded = new RecordedRun();
  for (const [index, tookMs] of [9_000, 8_000].entries()) {
    const startedAt = `2025-11-2${index}T00:00:00Z`;
    appendHistory(recorded.root, recorded.run([sampleTest({ startedAt, tookMs })], { id: `run-${index}` }));
  }
  const tests = [recorded.test([BOOT], {}, { name: 'boots a guest' }), sampleFailure({ name: 'fails' })];
  write(recorded, recorded.run(tests, LATER));
  const { run, scenarios } = dataOf(recorded.root);
  expect(run?.scenarios.map(({ earlierMs }) => earlierMs)).toEqual([[9_000, 8_000], []]);
  expect(scenarios.get('s0')?.trends.find(({ name }) => name === 'hypervisor')?.tookMs).toHaveLength(3);
});

test('neither unit tests nor what was cancelled at once replace the report of the last boot', () => {
  using recorded = new RecordedRun();
  expect(isWorthAReport(recorded.run([sampleTest({ scenario: undefined as never })]))).toBe(false);
  const notYet = { ...sampleScenario(), machines: [] };
  const cancelled = sampleTest({ scenario: notYet, state: 'skipped' });
  expect(isWorthAReport(recorded.run([cancelled]))).toBe(false);
  expect(isWorthAReport(recorded.run([{ ...cancelled, state: 'errored' }]))).toBe(true);
  expect(isWorthAReport(recorded.run([sampleTest()]))).toBe(true);
});

test('the page names nothing but files beside it, and holds no text of a guest', () => {
  using recorded = new RecordedRun();
  write(recorded, recorded.run([recorded.test([BOOT], {}, { name: '</script><b>x' })]));
  const page = readFileSync(join(recorded.root, 'reports/index.html'), 'utf8');
  expect(page).not.toMatch(/https?:|\/\/|<script>|<b>/);
  expect(page).toContain("default-src 'none'");
  expect(readFileSync(join(folderOf(recorded.root), 'run.js'), 'utf8')).not.toContain('<');
});

test('the working folders of other writers stay', () => {
  using recorded = new RecordedRun();
  const other = join(recorded.root, 'reports/html/0123abcd');
  mkdirSync(other, { recursive: true });
  writeFileSync(join(other, 'half'), '');
  write(recorded, recorded.run([recorded.test([BOOT])]));
  expect(existsSync(other)).toBe(true);
});
