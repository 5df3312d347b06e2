/** Runs the real Vitest with real machines, ends it in every way there is, and looks at what is left. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { ScenarioProject, type Told, type VitestRun } from './fixtures/scenario-project.ts';
import { until } from './fixtures/what-is-left.ts';

/** Nothing may be left for longer than this. */
const WITHIN_MS = 1_000;
const TIMEOUT_MS = 60_000;
const CTRL_C = '\x03';

const STAYS = `test('stays', async ({ launch }) => { await boot(launch); await forever; });`;
const PASSES = `test('passes', async ({ launch }) => { await boot(launch, 'passed'); });`;

const moduleCache = mkdtempSync(join(tmpdir(), 'domes-modules-'));
afterAll(() => rmSync(moduleCache, { recursive: true, force: true }));

const projectOf = (scenarios: Record<string, string>) => new ScenarioProject(scenarios, moduleCache);

/** Waits until the machine of a run is up: what the tests below miss in the end was there. */
async function machineUp(project: ScenarioProject, run: VitestRun, name = 'up'): Promise<Told> {
  const tooEarly = run.ended.then((status) => {
    throw new Error(`Vitest ended with ${status}:\n${run.output}`);
  });
  const up = await Promise.race([project.told(name), tooEarly]);
  expect(project.pids()).toEqual(expect.arrayContaining([up.main, up.worker, up.qemu]));
  // Main's and the worker's.
  expect(project.folders()).toHaveLength(2);
  return up;
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
    // The worker was given the time to write down what it had.
    expect(project.firmwareLog()).toContain('SeaBIOS');
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

  test('the death of workers, by SIGKILL and by a crash, while main goes on', async () => {
    const dies = (signal: string) => `test('dies', async ({ launch }) => {
      await boot(launch, '${signal}');
      await told('die');
      process.kill(process.pid, '${signal}');
    });`;
    await using project = projectOf({
      killed: dies('SIGKILL'),
      crashes: dies('SIGSEGV'),
      goes_on: `test('goes on', async () => { await told('end'); });`,
    });
    const run = project.start(['run', '--maxWorkers=3']);
    const machines = [await project.told('SIGKILL'), await project.told('SIGSEGV')];
    const qemus = machines.map(({ qemu }) => qemu);
    expect(project.pids()).toEqual(expect.arrayContaining(qemus));
    project.tell('die');
    await until(() => !project.pids().some((pid) => qemus.includes(pid)), WITHIN_MS);
    await until(() => project.folders().length === 1, WITHIN_MS);
    expect(project.pids()).toContain(machines[0]?.main);
    project.tell('end');
    expect(await run.ended).toBe(1);
    await expectNothingLeft(project);
  });

  test('the timeout of a test, whose function is abandoned and wants another machine', async () => {
    await using project = projectOf({
      abandoned: `
        test('is abandoned', { timeout: 4_000 }, async ({ launch, signal }) => {
          await boot(launch);
          await new Promise((resolve) => signal.addEventListener('abort', resolve));
          await launch('slim-dom0').catch(({ code }) => tell('refused', { code }));
        });
        test('comes after', async () => { tell('after'); await told('end'); });`,
    });
    const run = project.start(['run']);
    const { qemu, worker } = await machineUp(project, run);
    await project.told('after');
    expect(project.pids()).toContain(worker);
    expect(project.pids()).not.toContain(qemu);
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
    const { qemu } = await machineUp(project, run);
    project.tell('fail');
    await project.told('failing');
    await until(() => !project.pids().includes(qemu), WITHIN_MS);
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
    expect(project.firmwareLog()).toContain('SeaBIOS');
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
    expect(project.pids()).not.toContain(first.qemu);
    expect(project.pids()).not.toContain(first.worker);
    run.type(CTRL_C);
    await expectNothingLeft(project);
    expect(await run.ended).toBe(1);
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
