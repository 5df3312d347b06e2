import { mkdirSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { AbortError } from '../../errors.ts';
import { runningMachines } from '../machine/card.ts';
import type { LaunchOptions } from '../machine/launch.ts';
import { askToResume } from '../machine/pause.ts';
import type { Outcome } from '../replay/machine-recording.ts';
import { eventsFile } from '../report/live/event.ts';
import { EventTail } from '../report/live/event-tail.ts';
import { ScenarioRecord } from '../report/record.ts';
import { processesWith } from '../runner/fixtures/what-is-left.ts';
import { runnerFolder } from '../runner/runner-folder.ts';
import { ScenarioRun } from './scenario-run.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'domes-scenario-'));
  writeFileSync(join(folder, 'empty.raw'), '');
  truncateSync(join(folder, 'empty.raw'), 1 << 20);
  vi.stubEnv('DOMES_IMAGE_SLIM_DOM0', join(folder, 'empty.raw'));
  vi.stubEnv('DOMES_CACHE', join(folder, 'cache'));
  vi.stubEnv('DOMES_RUN_DIR', join(folder, 'run'));
  vi.stubEnv('DOMES_ACCELERATOR', 'tcg');
  // Where a person could come.
  vi.stubEnv('CI', '');
  mkdirSync(join(folder, 'reports'));
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

const EMPTY: LaunchOptions = { machine: { name: 'empty', memoryMiB: 32 } };

/** A run of a test that Vitest would abort through `abort`. */
function scenario({ isKeptOnFailure = false, result = 'passed' as Outcome['result'] } = {}): {
  run: ScenarioRun;
  abort: AbortController;
} {
  const abort = new AbortController();
  const outcome = () => ({ result });
  const limits = { signal: abort.signal, endsAt: performance.now() + 60_000, isKeptOnFailure, outcome };
  const place = {
    run: 'run-1',
    runFolder: join(folder, 'reports'),
    testFolder: `test-${Math.random()}`,
    test: { id: '1', file: 'scenarios/one.test.ts', name: 'boots' },
  };
  return { run: new ScenarioRun(place, limits), abort };
}

const machines = () => processesWith('DOMES_RUNNER', runnerFolder());
const directories = () => readdirSync(runnerFolder()).filter((name) => name.startsWith('machine-'));

test('a machine ends with its test, and what it had on disk; the record is whole', async () => {
  const { run } = scenario();
  await using _ = run;
  const machine = await run.launch('slim-dom0', EMPTY);
  await machine.console('firmware').expect('SeaBIOS');
  expect([machines().length, directories().length]).toEqual([1, 1]);
  await Promise.all([run[Symbol.asyncDispose](), run[Symbol.asyncDispose]()]);
  expect([machines(), directories()]).toEqual([[], []]);
  const record = ScenarioRecord.parse(JSON.parse(JSON.stringify(run.record)));
  expect(record.machines).toMatchObject([
    { name: 'empty', exit: { code: null, signal: 'SIGKILL', byDomes: true }, cleanupTrouble: [] },
  ]);
});

test('Vitest’s signal ends the machine at once; the test function may go on for ever', async () => {
  const { run, abort } = scenario();
  const machine = await run.launch('slim-dom0', EMPTY);
  machine.expectFailure('firmware/no-bootable-device');
  const waiting = machine.console().expect('never');
  abort.abort(new Error('timeout'));
  await expect(waiting).rejects.toThrow(AbortError);
  await run[Symbol.asyncDispose]();
  expect(machines()).toEqual([]);
});

test.each([1, 30, 60, 90, 150])('a launch that is cut off after %i ms leaves nothing', async (afterMs) => {
  const { run, abort } = scenario();
  const launching = run.launch('slim-dom0', EMPTY);
  // Wherever in the launch that is: what is left must not depend on it.
  await pause(afterMs);
  abort.abort();
  await run[Symbol.asyncDispose]();
  expect([machines(), directories()]).toEqual([[], []]);
  // It may have been through already; else it was cancelled, and for no other reason.
  const [outcome] = await Promise.allSettled([launching]);
  if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(AbortError);
});

test('after the end nothing can be launched', async () => {
  const { run } = scenario();
  await run[Symbol.asyncDispose]();
  await expect(run.launch('slim-dom0', EMPTY)).rejects.toThrow(
    "the test has ended: it can't launch empty any more",
  );
});

test('two machines launched at once have logs of their own', async () => {
  const { run } = scenario();
  await Promise.all([run.launch('slim-dom0', EMPTY), run.launch('slim-dom0', EMPTY)]);
  await run[Symbol.asyncDispose]();
  const folders = run.record.machines.map(({ consoles }) => consoles[0]?.log);
  expect(new Set(folders).size).toBe(2);
});

test('a launch that fails leaves nothing either', async () => {
  const { run } = scenario();
  const refused = run.launch('slim-dom0', { machine: { ...EMPTY.machine, cpu: 'qemu65' } });
  await expect(refused).rejects.toThrow("unable to find CPU model 'qemu65'");
  expect([machines(), directories()]).toEqual([[], []]);
  await run[Symbol.asyncDispose]();
  expect(run.record.machines).toEqual([]);
});

test('other processes see a running machine, and are told what happens to it', async () => {
  using events = new EventTail(eventsFile(join(folder, 'reports')));
  events.read();
  const { run } = scenario();
  const machine = await run.launch('slim-dom0', EMPTY);
  await machine.reach('firmware');
  expect(runningMachines()).toMatchObject([
    {
      card: {
        ...{ name: 'empty', image: 'slim-dom0', milestone: { name: 'firmware' } },
        scenario: { file: 'scenarios/one.test.ts', test: 'boots' },
        qemu: { pid: machine.emulation.qemu.pid },
      },
    },
  ]);
  await run[Symbol.asyncDispose]();
  expect(runningMachines()).toEqual([]);
  const kinds = events.read().map((event) => (event.kind === 'milestone' ? event.name : event.kind));
  expect(kinds.filter((kind) => kind !== 'line')).toEqual(['launch', 'run', 'firmware', 'end']);
});

/** Resolves when a machine is kept for a person. */
async function kept(): Promise<void> {
  await vi.waitFor(() => expect(runningMachines()[0]?.card.paused).toBeDefined(), { timeout: 10_000 });
}

test('machine.pause() keeps the machine, beyond the test’s time too, until the person is done', async () => {
  const { run, abort } = scenario();
  const machine = await run.launch('slim-dom0', EMPTY);
  let isOver = false;
  const pausing = machine.pause('to look').then(() => {
    isOver = true;
  });
  await kept();
  abort.abort(new Error('Test timed out in 5000ms.'));
  expect([runningMachines()[0]?.card.paused, isOver, machines().length]).toEqual(['to look', false, 1]);
  askToResume(machine.runFolder as string);
  await Promise.all([pausing, run.untilResumed()]);
  expect(runningMachines()[0]?.card.paused).toBeUndefined();
  await run[Symbol.asyncDispose]();
  expect(machines()).toEqual([]);
});

test('a pause ends with QEMU, and with the run', async () => {
  const { run, abort } = scenario({ isKeptOnFailure: true });
  const machine = await run.launch('slim-dom0', EMPTY);
  const first = run.pauseAfterFailure('it failed');
  await kept();
  process.kill(machine.emulation.qemu.pid as number, 'SIGTERM');
  await first;
  await run.launch('slim-dom0', EMPTY);
  const second = run.pauseAfterFailure('it failed');
  await kept();
  abort.abort(new Error('cancelled'));
  await second;
  await run[Symbol.asyncDispose]();
  expect(machines()).toEqual([]);
});

test('a failed test keeps nothing unless that was asked for; nobody comes in CI', async () => {
  const { run } = scenario();
  const machine = await run.launch('slim-dom0', EMPTY);
  await run.pauseAfterFailure('it failed');
  vi.stubEnv('CI', 'true');
  await expect(machine.pause()).rejects.toThrow("can't be paused here: nobody would come");
  vi.stubEnv('CI', '');
  await run[Symbol.asyncDispose]();
});

test.each([
  ['failed', 'vga', ['failure']],
  ['passed', 'vga', []],
  ['failed', 'none', []],
] as const)('a test that has %s, display %s: pictures %j', async (result, display, names) => {
  const { run } = scenario({ result });
  const machine = await run.launch('slim-dom0', { machine: { ...EMPTY.machine, display } });
  await machine.reach('firmware');
  await run[Symbol.asyncDispose]();
  const [record] = run.record.machines;
  expect(record?.screenshots?.map(({ name }) => name) ?? []).toEqual(names);
  expect(record?.cleanupTrouble).toEqual([]);
});

test('a budget is not checked where DOMES_RECORD alone has the machine recorded, and the record says so', async () => {
  vi.stubEnv('DOMES_RECORD', 'on-failure');
  try {
    const { run } = scenario();
    const machine = await run.launch('slim-dom0', EMPTY);
    machine.expectFailure('firmware/no-bootable-device');
    await machine.reach('firmware', { budget: 0.001 });
    await run[Symbol.asyncDispose]();
    const [record] = run.record.machines;
    expect(record).toMatchObject({ determinism: 'recorded', budgetsUnchecked: 'DOMES_RECORD=on-failure' });
    expect(record?.milestones[0]).not.toHaveProperty('budgetMs');
    expect(ScenarioRecord.parse(run.record)).toEqual(run.record);
  } finally {
    vi.stubEnv('DOMES_RECORD', '');
  }
});

test('a scenario that asks for a recorded machine means its time: the budget is checked', async () => {
  for (const asked of ['', 'always']) {
    vi.stubEnv('DOMES_RECORD', asked);
    const { run } = scenario();
    await using _ = run;
    const machine = await run.launch('slim-dom0', { ...EMPTY, determinism: 'recorded' });
    machine.expectFailure('firmware/no-bootable-device');
    await expect(machine.reach('firmware', { budget: 0.001 })).rejects.toMatchObject({ name: 'BudgetError' });
    expect(run.record.machines).toEqual([]);
  }
  vi.stubEnv('DOMES_RECORD', '');
});
