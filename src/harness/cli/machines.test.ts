import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type MachineCard, runningMachines } from '../machine/card.ts';
import { writeOwner } from '../runner/owner.ts';
import { identify, type ProcessIdentity } from '../runner/process-identity.ts';
import { findConsole, findMachine } from './find-machine.ts';

let root: string;
let env: NodeJS.ProcessEnv;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'domes-ps-'));
  env = { DOMES_RUN_DIR: root };
});
afterEach(() => rmSync(root, { recursive: true }));

const self = identify(process.pid) as ProcessIdentity;
const dead: ProcessIdentity = { ...self, startTicks: '1' };

/** The folder of a machine as a runner (this process) keeps it. */
function machine(runner: string, index: number, card: Partial<MachineCard> = {}): void {
  const folder = join(root, `runner-${runner}`, `machine-${index}`);
  mkdirSync(folder, { recursive: true });
  writeOwner(join(root, `runner-${runner}`));
  const whole: MachineCard = {
    ...{ schema: 1, name: 'dom0', accelerator: 'tcg', startedAt: `2026-01-01T00:00:0${index}Z`, qemu: self },
    consoles: [
      { name: 'firmware', role: 'firmware' },
      { name: 'console', role: 'system' },
      { name: 'shell', role: 'shell' },
    ],
    logs: 'reports/runs/1/a',
    ...card,
  };
  writeFileSync(join(folder, 'machine.json'), JSON.stringify(whole));
}

test('those that run are found, the oldest first; what is damaged, half made or dead is not there', () => {
  machine('abc', 2);
  machine('xyz', 1, { name: 'guest' });
  machine('abc', 3, { qemu: dead });
  mkdirSync(join(root, 'runner-abc', 'machine-4'));
  writeFileSync(join(root, 'runner-abc', 'machine-4', 'machine.json'), '{');
  expect(runningMachines(env).map(({ id, card }) => [id, card.name])).toEqual([
    ['xyz-1', 'guest'],
    ['abc-2', 'dom0'],
  ]);
});

test('nothing runs where nothing ever ran', () => {
  expect(runningMachines({ DOMES_RUN_DIR: join(root, 'nowhere') })).toEqual([]);
});

test('a machine is found by its name, its id, or by being alone', () => {
  machine('abc', 1);
  const [only] = runningMachines(env);
  expect(findMachine(undefined, [only as never])).toBe(only);
  machine('abc', 2, { name: 'guest' });
  const all = runningMachines(env);
  expect(findMachine('guest', all).id).toBe('abc-2');
  expect(findMachine('abc-1', all).card.name).toBe('dom0');
  expect(() => findMachine(undefined, all)).toThrow('2 machines are running: say which by its id');
  expect(() => findMachine('gest', all)).toThrow('no machine "gest" is running (did you mean "guest"?)');
  machine('abc', 3, { name: 'guest' });
  expect(() => findMachine('guest', runningMachines(env))).toThrow(/2 machines are called "guest".*abc-2/s);
  expect(() => findMachine('x', [])).toThrow('no machine is running');
});

test('a console is found by its name; without one it is the system’s', () => {
  machine('abc', 1);
  const found = findMachine('dom0', runningMachines(env));
  expect(findConsole(found)).toBe('console');
  expect(findConsole(found, 'shell')).toBe('shell');
  machine('abc', 2, {
    name: 'host',
    consoles: [
      { name: 'guest', role: 'guest', guest: 'debian' },
      { name: 'guest-2', role: 'guest', guest: 'netbsd' },
      { name: 'guest-3', role: 'guest' },
    ],
  });
  const host = findMachine('host', runningMachines(env));
  expect([findConsole(host, 'netbsd'), findConsole(host, 'guest')]).toEqual(['guest-2', 'guest']);
  expect(() => findConsole(host, 'netbds')).toThrow(
    /did you mean "netbsd".*\n.*\n.*guest \(debian\), guest-2 \(netbsd\), guest-3/,
  );
  expect(() => findConsole(found, 'shel')).toThrow('has no console "shel" (did you mean "shell"?)');
});
