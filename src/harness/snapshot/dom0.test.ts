/** A real Xen dom0, saved at its shell. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { launchMachine } from '../machine/launch.ts';
import { machineRecord } from '../machine/machine-record.ts';
import { openDom0 } from '../xen/dom0.ts';
import { digests } from './fixtures/snapshot-bench.ts';
import { restoreSnapshot } from './restore-snapshot.ts';
import { takeSnapshot } from './take-snapshot.ts';

vi.setConfig({ testTimeout: 120_000 });

let folder: string;
beforeEach(() => {
  vi.stubEnv('DOMES_ACCELERATOR', 'tcg');
  folder = mkdtempSync(join(tmpdir(), 'domes-dom0-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
  vi.unstubAllEnvs();
});

const made = (name: string) => {
  mkdirSync(join(folder, name), { mode: 0o700 });
  return join(folder, name);
};
const context = (name: string) => ({ logFolder: made(name), logFolderShown: name });

test('a dom0 goes on, forks, and is restored in another process; its shell and its clock are right', async () => {
  const place = { ...context('logs'), ramFile: join(folder, 'ram') };
  await using one = await launchMachine('slim-dom0', place, { boot: 'direct', machine: { memoryMiB: 512 } });
  const dom0 = await openDom0(one.machine);
  await dom0.shell.succeed('echo saved > /root/mark');

  const snapshot = await takeSnapshot(one.machine, made('half'), { kind: 'template' });
  await one.machine.goOn(snapshot);
  await snapshot.moveTo(join(folder, 'ready'));
  const before = digests(snapshot.folder);
  // The same Shell object; what it does now does not reach the snapshot.
  await dom0.shell.succeed('echo went on > /root/mark; sleep 0.1');
  expect((await dom0.list()).map(({ name }) => name)).toEqual(['Domain-0']);

  const fixture = join(import.meta.dirname, 'fixtures/restore-dom0.ts');
  const tsx = ['--import', import.meta.resolve('tsx')];
  const { stdout } = await execa(process.execPath, [...tsx, fixture, snapshot.folder, made('elsewhere')]);
  const told = JSON.parse(stdout);
  expect(told).toMatchObject({ domains: ['Domain-0'], mark: 'saved', retyped: 0 });
  expect(told.lateMs).toBeLessThan(30_000);
  expect(told.inputs).toEqual([expect.stringMatching(/^shell: date -u -s @\d+$/)]);
  expect(told.milestones).toEqual(
    ['firmware', 'hypervisor', 'kernel', 'userspace'].map((name) => [name, true]),
  );

  const forks = await Promise.all(
    ['a', 'b'].map((name) => restoreSnapshot(snapshot.folder, context(name), { name })),
  );
  for (const { machine, image } of forks) {
    const shell = await machine.shell();
    expect(await shell.succeed(`cat /root/mark; echo ${machine.name} > /root/mark`)).toBe('saved');
    const record = machineRecord(machine, image, 'logs', []);
    expect(record.restoredFrom).toMatchObject({ name: 'ready', kind: 'template' });
    expect(record.harnessInputs).toHaveLength(1);
  }
  for (const { machine } of forks)
    expect(await (await machine.shell()).succeed('cat /root/mark')).toBe(machine.name);
  await Promise.all(forks.map((fork) => fork[Symbol.asyncDispose]()));
  expect(digests(snapshot.folder)).toEqual(before);
});
