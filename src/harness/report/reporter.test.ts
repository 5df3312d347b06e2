import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { VitestProject } from './fixtures/vitest-project.ts';
import { historyFile, readHistory } from './history.ts';
import { RunRecord } from './run.ts';

const TIMEOUT_MS = 60_000;

/** Test cases of a JUnit document: their names, and which of failure, error and skipped they hold. */
function casesOf(root: string): Record<string, string> {
  const xml = readFileSync(join(root, 'reports/junit.xml'), 'utf8');
  const cases = [...xml.matchAll(/<testcase [^>]*?\bname="([^"]*)"[^>]*?(?:\/>|>([\s\S]*?)<\/testcase>)/g)];
  return Object.fromEntries(
    cases.map(([, name, body = '']) => [
      name,
      body
        .match(/<(?:failure|error)[^>]* type="[^"]*"|<skipped[^>]*"/)?.[0]
        .replace(/ message="[^"]*"(?= type)/, '') ??
        (body.includes('milestone.hypervisor.atMs') ? 'passed, with milestones' : 'passed'),
    ]),
  );
}

function runsOf(root: string): RunRecord[] {
  const runs = join(root, 'reports/runs');
  return readdirSync(runs).map((id) =>
    RunRecord.parse(JSON.parse(readFileSync(join(runs, id, 'run.json'), 'utf8'))),
  );
}

const EXPECTED = {
  adds: 'passed',
  boots: 'passed, with milestones',
  'needs kvm': '<skipped message="no usable /dev/kvm"',
  'does not boot': '<failure type="guest-kernel/no-root-device"',
  'has no QEMU': '<error type="DOMES_TEST_HOST"',
};

test('one run on a terminal: readable errors, the timeline, one report', {
  timeout: TIMEOUT_MS,
}, async () => {
  using project = new VitestProject({
    'scenarios/dies.test.ts': `test('kills its worker', () => { process.kill(process.pid, 'SIGKILL'); });`,
    'scenarios/broken.test.ts': `import './nowhere.ts';`,
  });
  const { stdout, stderr } = await project.run(['--reporter=default']);

  // The message as it was written, then the line of the scenario; no dump of the facts, no frame of the harness.
  expect(stderr).toContain(
    'GuestError: no login\n  blame       guest: the system under test misbehaved\n' +
      '  class       guest-kernel/no-root-device: no root disk; give it one\n' +
      '     24.310 │ VFS: ␛[31mCannot open root device\n ❯ scenarios/fails.test.ts:4:7\n',
  );
  expect(stderr).not.toContain('Serialized Error');
  expect(stderr).not.toContain('boot.ts:');

  expect(stdout).toMatch(/✗ .* {2}scenarios\/fails\.test\.ts › does not boot\n/);
  expect(stdout).toMatch(/hypervisor +3\.1 s/);
  expect(
    stdout.match(/Report {2}reports\/index\.html · reports\/junit\.xml · reports\/runs\/.*\/run\.json/g),
  ).toHaveLength(1);

  expect(casesOf(project.root)).toEqual({
    ...EXPECTED,
    'kills its worker': '<error type="DOMES_WORKER_LOST"',
    'scenarios/broken.test.ts': '<error type="Error"',
    'Unhandled Error': '<error type="Error"',
  });
  expect(runsOf(project.root)).toMatchObject([
    { state: 'failed', merged: false, versions: { qemu: ['7.2.22 (Debian 1:7.2)'] } },
  ]);
});

test('two shards, merged: nothing is lost, nothing doubled, and stdout is the other reporter’s alone', {
  timeout: TIMEOUT_MS,
}, async () => {
  using project = new VitestProject();
  const nightly = { DOMES_NIGHTLY: '1' };
  await Promise.all(
    ['1/2', '2/2'].map((shard) => project.run(['--reporter=blob', `--shard=${shard}`], nightly)),
  );
  const { stdout, stderr } = await project.run(['--merge-reports', '--reporter=json'], nightly);

  expect(JSON.parse(stdout)).toMatchObject({ numTotalTests: 5, numFailedTests: 2 });
  expect(stderr).toMatch(/✓ .* {2}scenarios\/passes\.test\.ts › boots\n/);
  expect(casesOf(project.root)).toEqual(EXPECTED);

  const runs = runsOf(project.root);
  const merged = runs.find((run) => run.merged);
  const parts = runs.filter((run) => !run.merged);
  expect(parts).toHaveLength(2);
  expect(merged?.tests.length).toBe(5);
  expect(merged?.tests.find(({ name }) => name === 'does not boot')?.troubles).toMatchObject([
    { kind: 'failure', code: 'DOMES_TEST', blame: 'guest', summary: 'no login' },
  ]);

  // The logs of the parts are elsewhere: the page says so, and is there.
  expect(readFileSync(join(project.root, 'reports/index.html'), 'utf8')).toContain('data-folder="html/');
  expect(readdirSync(join(project.root, 'reports/html'))).toHaveLength(1);

  const history = readHistory(historyFile(project.root));
  expect(history.map(({ test, state }) => `${test}: ${state}`).sort()).toEqual([
    'boots: passed',
    'does not boot: failed',
  ]);
  expect(new Set(history.map(({ run }) => run))).toEqual(new Set(parts.map(({ id }) => id)));
});

test('shards that ran in other folders, as jobs of a CI may: merged as if they had run here', {
  timeout: TIMEOUT_MS,
}, async () => {
  using first = new VitestProject();
  using second = new VitestProject();
  using here = new VitestProject();
  await Promise.all(
    [first, second].map(async (project, index) => {
      await project.run(['--reporter=blob', `--shard=${index + 1}/2`]);
      // What the jobs keep: Vitest's blobs, and the folders of the runs.
      for (const folder of ['.vitest-reports', 'reports/runs'])
        cpSync(join(project.root, folder), join(here.root, folder), { recursive: true });
    }),
  );
  const { stdout, stderr } = await here.run(['--merge-reports', '--reporter=default']);
  expect(stdout).toMatch(/Tests .*2 failed.*2 passed.*1 skipped/);
  expect(stderr).toContain('\n ❯ scenarios/fails.test.ts:4:7\n');
  expect(stdout + stderr).not.toMatch(new RegExp(`${first.root}|${second.root}|No test files`));
  expect(casesOf(here.root)).toEqual(EXPECTED);
  expect(readFileSync(join(here.root, 'reports/index.html'), 'utf8')).toContain('data-folder="html/');
});

test('a cancelled run reports what was not run; a report that cannot be written is one clear message', {
  timeout: TIMEOUT_MS,
}, async () => {
  using project = new VitestProject({
    'src/ctrl-c.test.ts': `
      test('is cut off', { timeout: 60_000 }, () => {
        process.kill(process.ppid, 'SIGINT');
        return new Promise(() => {});
      });`,
  });
  await project.run(['ctrl-c']);
  expect(casesOf(project.root)).toEqual({ 'is cut off': '<skipped message="the run was cancelled"' });

  await project.run(['--bail=1', '--project=scenarios']);
  expect(casesOf(project.root)).toEqual({
    'does not boot': EXPECTED['does not boot'],
    'has no QEMU': '<skipped message="the run was cancelled"',
    'scenarios/passes.test.ts': '<skipped message="the run was cancelled"',
  });
  expect(runsOf(project.root)).toMatchObject([{ state: 'interrupted' }, { state: 'interrupted' }]);

  rmSync(join(project.root, 'reports'), { recursive: true });
  writeFileSync(join(project.root, 'reports'), 'a file, not a folder');
  const { stderr } = await project.run([]);
  expect(stderr).toMatch(/HostError: cannot make the run's folder/);
  expect(stderr).not.toMatch(/Serialized Error|reporter\.ts|\.vite-temp/);
});
