/** Runs the real Vitest with real machines, ends it in every way there is, and looks at what is left. */
import { describe, expect, test } from 'vitest';
import { ScenarioProject, type Told, type VitestRun } from './fixtures/scenario-project.ts';
import { until } from './fixtures/what-is-left.ts';

/** Nothing may be left longer than this. */
const WITHIN_MS = 1_000;

const STAYS = { stays: `test('stays', async ({ launch }) => { await boot(launch); await forever; });` };

const CTRL_C = '\x03';

/** Starts a run and waits until its machine is up. */
async function started(project: ScenarioProject, args = ['run'], { terminal = false } = {}) {
  const run = terminal ? project.startAtTerminal(args) : project.start(args);
  const ended = run.ended.then((status) => Promise.reject(new Error(`ended with ${status}: ${run.output}`)));
  const up = await Promise.race([project.told(), ended as Promise<never>]);
  // Not for nothing: what is looked for below is there now.
  expect(project.processes().map(({ pid }) => pid)).toEqual(expect.arrayContaining([up.main, up.worker, up.qemu]));
  expect(project.folders()).toHaveLength(2);
  return { run, up };
}

const isAlive = (project: ScenarioProject, pid: number) => project.processes().some((one) => one.pid === pid);

async function expectNothingLeft(project: ScenarioProject): Promise<void> {
  await until(() => project.processes().length === 0, WITHIN_MS).catch(() => {});
  expect(project.processes()).toEqual([]);
  expect(project.folders()).toEqual([]);
}

describe.concurrent('nothing is left', { timeout: 60_000 }, () => {
  describe.each<[string, (up: Told) => void, Record<string, string>]>([
    ['main', ({ main }) => process.kill(main, 'SIGKILL'), STAYS],
    [
      'main and worker',
      ({ main, worker }) => {
        process.kill(main, 'SIGKILL');
        process.kill(worker, 'SIGKILL');
      },
      STAYS,
    ],
    [
      'main, with a worker whose event loop is blocked',
      ({ main }) => process.kill(main, 'SIGKILL'),
      { blocked: `test('blocked', async ({ launch }) => { await boot(launch); for (;;); });` },
    ],
  ])('after SIGKILL of %s', (_, kill, scenarios) => {
    test('', async () => {
      await using project = new ScenarioProject(scenarios);
      const { up } = await started(project);
      kill(up);
      await expectNothingLeft(project);
    });
  });

  test.each<[string, string]>([
    ['SIGKILL of the worker', 'SIGKILL'],
    ['a crash of the worker', 'SIGSEGV'],
  ])('after %s, while main goes on', async (_, signal) => {
    await using project = new ScenarioProject({
      dies: `test('dies', async ({ launch }) => { await boot(launch); await told('die'); process.kill(process.pid, '${signal}'); });`,
      goes_on: `test('goes on', async () => { await told('end'); });`,
    });
    const { run, up } = await started(project, ['run', '--maxWorkers=2']);
    project.tell('die');
    await until(() => !isAlive(project, up.qemu), WITHIN_MS);
    await until(() => project.folders().length === 1, WITHIN_MS);
    project.tell('end');
    expect(await run.ended).toBe(1);
    await expectNothingLeft(project);
  });
});
