/** Runs the real Vitest with real machines, ends it in every way there is, and looks at what is left. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { ScenarioProject, type Told } from './fixtures/scenario-project.ts';
import type { VitestRun } from './fixtures/vitest-run.ts';
import { until } from './fixtures/what-is-left.ts';

/**
 * How long something may be left, ms: only as a limit of patience, since a busy host stretches everything. The bench
 * holds it to one second: `npm run bench -- orphans`.
 */
const WITHIN_MS = Number(process.env.DOMES_ORPHANS_WITHIN_MS ?? 20_000);
const TIMEOUT_MS = 120_000;
const CTRL_C = '\x03';

const STAYS = `test('stays', async ({ launch }) => { await boot(launch); await forever; });`;
const PASSES = `test('passes', async ({ launch }) => { await boot(launch, 'passed'); });`;

const moduleCache = mkdtempSync(join(tmpdir(), 'domes-modules-'));
const projects: ScenarioProject[] = [];
afterAll(async () => {
  // A test of this file that times out is abandoned, too.
  await Promise.all(projects.map((project) => project[Symbol.asyncDispose]()));
  rmSync(moduleCache, { recursive: true, force: true });
});

function projectOf(scenarios: Record<string, string>): ScenarioProject {
  const project = new ScenarioProject(scenarios, moduleCache);
  projects.push(project);
  return project;
}

/** Waits until the machine of a run is up: what the tests below miss in the end was there. */
async function machineUp(
  project: ScenarioProject,
  run: VitestRun,
  name = 'up',
): Promise<Told & { qemu: number }> {
  const tooEarly = run.ended.then((status) => {
    throw new Error(`Vitest ended with ${status}:\n${run.output}`);
  });
  const up = await Promise.race([project.told(name), tooEarly]);
  expect(project.pids()).toEqual(expect.arrayContaining([up.main, up.worker]));
  // Main's and the worker's.
  expect(project.folders()).toHaveLength(2);
  const [qemu, ...others] = project.qemus();
  expect(others).toEqual([]);
  return { ...up, qemu: qemu as number };
}

async function expectNothingLeft(project: ScenarioProject): Promise<void> {
  await until(() => project.processes().length + project.folders().length === 0, WITHIN_MS).catch(() => {});
  expect(project.processes()).toEqual([]);
  expect(project.folders()).toEqual([]);
}

test('an ordinary run leaves nothing', { timeout: TIMEOUT_MS }, async () => {
  await using project = projectOf({ passes: PASSES });
  const run = project.start(['run']);
  const status = await run.ended;
  expect(run.output).toContain('1 passed');
  expect(status).toBe(0);
  await expectNothingLeft(project);
});

describe.concurrent('nothing is left after', { timeout: TIMEOUT_MS }, () => {
  test('SIGKILL of main', async () => {
    await using project = projectOf({ stays: STAYS });
    const { main } = await machineUp(project, project.start(['run']));
    process.kill(main, 'SIGKILL');
    await expectNothingLeft(project);
  });

  test('SIGKILL of main and its worker; and nothing is in the way of the next run', async () => {
    await using project = projectOf({ stays: STAYS, passes: PASSES });
    const { main, worker } = await machineUp(project, project.start(['run', 'stays']));
    process.kill(worker, 'SIGKILL');
    process.kill(main, 'SIGKILL');
    await expectNothingLeft(project);
    const next = project.start(['run', 'passes']);
    expect([await next.ended, next.output]).toEqual([0, expect.stringContaining('1 passed')]);
  });

  test('SIGKILL of main, while the event loop of its worker is blocked', async () => {
    await using project = projectOf({
      blocked: `test('blocked', async ({ launch }) => { await boot(launch); for (;;); });`,
    });
    const { main } = await machineUp(project, project.start(['run']));
    process.kill(main, 'SIGKILL');
    await expectNothingLeft(project);
  });

  test('SIGTERM to main', async () => {
    await using project = projectOf({ stays: STAYS });
    const { main } = await machineUp(project, project.start(['run']));
    process.kill(main, 'SIGTERM');
    await expectNothingLeft(project);
  });

  test('the death of workers, by force, by a crash and in order, while main goes on', async () => {
    const signals = ['SIGKILL', 'SIGSEGV', 'SIGTERM'];
    const dies = (signal: string) => `test('dies', async ({ launch }) => {
      await boot(launch, '${signal}');
      await told('die');
      process.kill(process.pid, '${signal}');
      await forever;
    });`;
    await using project = projectOf({
      ...Object.fromEntries(signals.map((signal) => [signal, dies(signal)])),
      goes_on: `test('goes on', async () => { await told('end'); });`,
    });
    const run = project.start(['run', '--maxWorkers=4']);
    const ups = await Promise.all(signals.map((signal) => project.told(signal)));
    expect([project.qemus().length, project.folders().length]).toEqual([3, 4]);
    project.tell('die');
    await until(() => project.qemus().length === 0 && project.folders().length === 1, WITHIN_MS);
    expect(project.pids()).toContain(ups[0]?.main);
    // Who ended in order has written down what it had.
    expect(project.logOf('SIGTERM')).toContain('SeaBIOS');
    project.tell('end');
    expect(await run.ended).toBe(1);
    await expectNothingLeft(project);
  });

  test('the timeout of a test, whose function is abandoned and wants another machine', async () => {
    await using project = projectOf({
      abandoned: `
        test('is abandoned', { timeout: 15_000 }, async ({ launch, signal }) => {
          await boot(launch);
          await new Promise((resolve) => signal.addEventListener('abort', resolve));
          await launch('slim-dom0').catch(({ code }) => tell('refused', { code }));
        });
        test('comes after', async () => { tell('after'); await told('end'); });`,
    });
    const run = project.start(['run']);
    const { worker } = await machineUp(project, run);
    await project.told('after');
    expect(project.pids()).toContain(worker);
    expect(project.qemus()).toEqual([]);
    expect(await project.told('refused')).toMatchObject({ code: 'DOMES_ABORTED' });
    project.tell('end');
    expect(await run.ended).toBe(1);
    expect(run.output).not.toMatch(/unhandled/i);
    await expectNothingLeft(project);
  });

  test('--bail, when another test fails', async () => {
    await using project = projectOf({
      stays: STAYS,
      fails: `test('fails', async () => { await told('fail'); tell('failing'); expect(1).toBe(2); });`,
    });
    const run = project.start(['run', '--bail=1', '--maxWorkers=2']);
    await machineUp(project, run);
    project.tell('fail');
    await project.told('failing');
    await until(() => project.qemus().length === 0, WITHIN_MS);
    expect(await run.ended).toBe(1);
    await expectNothingLeft(project);
  });

  test('Ctrl-C at the terminal', async () => {
    await using project = projectOf({ stays: STAYS });
    const run = project.startAtTerminal(['run']);
    await machineUp(project, run);
    run.type(CTRL_C);
    await expectNothingLeft(project);
    expect(await run.ended).toBe(130);
  });

  test('each run in watch mode, and after Ctrl-C in the middle of one', async () => {
    await using project = projectOf({
      again: `
        import { existsSync } from 'node:fs';
        test('again', async ({ launch }) => {
          const name = existsSync('first.json') ? 'second' : 'first';
          await boot(launch, name);
          await told(name + '-end');
        });`,
    });
    const run = project.startAtTerminal(['watch']);
    const first = await machineUp(project, run, 'first');
    project.touch('again');
    project.tell('first-end');
    const second = await machineUp(project, run, 'second');
    expect(second.main).toBe(first.main);
    expect(second.qemu).not.toBe(first.qemu);
    expect(project.pids()).not.toContain(first.worker);
    run.type(CTRL_C);
    await until(() => project.qemus().length === 0, WITHIN_MS);
    // Here Vitest ends in its own time.
    expect(await run.ended).toBe(1);
    await expectNothingLeft(project);
  });
});

test('a pool of threads is refused: QEMU could not be tied to one', { timeout: TIMEOUT_MS }, async () => {
  await using project = projectOf({ passes: PASSES });
  const run = project.start(['run', '--pool=threads']);
  expect(await run.ended).toBe(1);
  expect(run.output).toContain('ScenarioError: machines can be launched in processes only');
  expect(run.output).toContain('leave out --pool, or set pool: "forks" in vitest.config.ts');
  await expectNothingLeft(project);
});
