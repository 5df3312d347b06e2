import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { AbortError, QemuLaunchError } from '../../errors.ts';
import { identify } from '../runner/process-identity.ts';
import { QemuProcess } from './process.ts';
import { MachineSpec } from './spec.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'domes-process-'));
  vi.stubEnv('DOMES_RUN_DIR', join(folder, 'run'));
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

/** The smallest machine: no disk, so that SeaBIOS ends in "No bootable device". */
const SMALL = { name: 'small', accelerator: 'tcg', boot: { from: 'disk' }, memoryMiB: 32 };

const logFile = (console: string) => join(folder, `${console}.log`);
const start = (change: Record<string, unknown> = {}, options: { signal?: AbortSignal } = {}) =>
  QemuProcess.start(MachineSpec.parse({ ...SMALL, ...change }), logFile, options);

const isRunning = (qemu: QemuProcess) => identify(qemu.pid as number) !== undefined;

test('runs in a session of its own, under a name of its own, and stands still until it is told to go', async () => {
  await using qemu = await start();
  const stat = readFileSync(`/proc/${qemu.pid}/stat`, 'utf8');
  // Fields of proc(5): (comm), state, ppid, pgrp, session.
  const [, comm, parent, , session] = /\((.*)\) \w (\d+) (\d+) (\d+)/.exec(stat) ?? [];
  expect([comm, parent, session]).toEqual(['domes-qemu', `${process.pid}`, `${qemu.pid}`]);
  expect(qemu.qmp.qemuVersion).toMatch(/^\d+\.\d+/);
  expect(await qemu.qmp.execute('query-status')).toMatchObject({ status: 'prelaunch', running: false });
});

test('every console has its client before the first instruction; QEMU keeps the bytes itself as well', async () => {
  await using qemu = await start();
  const firmware = qemu.consoles.get('firmware');
  let text = '';
  const booted = new Promise<void>((resolve) => {
    firmware?.on('data', (bytes) => {
      text += bytes;
      if (text.includes('No bootable device')) resolve();
    });
  });
  await qemu.qmp.execute('cont');
  await booted;
  expect(text).toMatch(/^SeaBIOS/);
  expect(isInOrder(text, readFileSync(logFile('firmware'), 'utf8'))).toBe(true);
});

/** Whether `all` has each character of `text`, in this order: QEMU 7.2 logs one again at each try when its socket is full. */
function isInOrder(text: string, all: string): boolean {
  let at = 0;
  for (const character of all) if (character === text[at]) at++;
  return at === text.length;
}

test('disposed twice at once, it has ended for both', async () => {
  const qemu = await start();
  await Promise.all(
    [1, 2].map(() => qemu[Symbol.asyncDispose]().then(() => expect(isRunning(qemu)).toBe(false))),
  );
  await qemu[Symbol.asyncDispose]();
  expect(qemu.exit).toEqual({ code: null, signal: 'SIGKILL' });
});

test('what one has cost that has ended is what was known last', async () => {
  await using qemu = await start();
  const { cpuMs } = qemu.cost();
  expect(cpuMs).toBeGreaterThan(0);
  process.kill(qemu.pid as number, 'SIGKILL');
  await qemu.exited;
  expect(qemu.cost().cpuMs).toBe(cpuMs);
});

test('a QEMU that is stopped ends as well', async () => {
  const qemu = await start();
  process.kill(qemu.pid as number, 'SIGSTOP');
  await qemu[Symbol.asyncDispose]();
  expect(isRunning(qemu)).toBe(false);
});

test('killed by somebody else, it ends everything that waits, consoles nobody reads included', async () => {
  await using qemu = await start();
  const [waiting] = await Promise.all([
    qemu.qmp.execute('human-monitor-command', { 'command-line': 'info status' }),
    qemu.qmp.execute('cont'),
  ]);
  expect(waiting).toContain('VM status');
  using events = qemu.qmp.listen();
  process.kill(qemu.pid as number, 'SIGTERM');
  expect(await qemu.exited).toEqual({ code: 0, signal: null });
  for await (const { event, data } of events)
    if (event === 'SHUTDOWN') expect(data).toMatchObject({ guest: false });
  await expect(qemu.qmp.execute('stop')).rejects.toThrow('QMP stop: the monitor closed: QEMU ended');
  expect(qemu.stderr).toContain('terminating on signal 15');
});

test('a signal that comes while QEMU starts ends it', async () => {
  const abort = new AbortController();
  const starting = start({}, { signal: abort.signal });
  abort.abort();
  await expect(starting).rejects.toThrow(AbortError);
  await expect(start({}, { signal: abort.signal })).rejects.toThrow('the run was cancelled');
});

test('a signal that comes later is the owner’s business', async () => {
  const abort = new AbortController();
  await using qemu = await start({}, { signal: abort.signal });
  abort.abort();
  expect(await qemu.qmp.execute('query-status')).toMatchObject({ status: 'prelaunch' });
});

test('an option that QEMU refuses: its own words, and what it was started with', async () => {
  const refused = await start({ cpu: 'qemu65' }).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(QemuLaunchError);
  const { message, argv, stderr, exitCode } = refused as QemuLaunchError;
  expect(message).toMatchInlineSnapshot(`
    "QEMU ended with status 1 before it was ready: unable to find CPU model 'qemu65'
      blame       host: QEMU, the image or this machine misbehaved; the guest is not to blame
      doing       starting QEMU
      next        see what this QEMU has: qemu-system-x86_64 -cpu help"
  `);
  expect(argv).toContain('qemu65');
  expect([exitCode, stderr]).toEqual([1, expect.stringContaining("unable to find CPU model 'qemu65'")]);
});

test('a disk that is not there', async () => {
  const refused = start({ disks: [{ file: '/nowhere/disk.raw', format: 'raw' }] });
  await expect(refused).rejects.toThrowErrorMatchingInlineSnapshot(`
    [QemuLaunchError: QEMU ended with status 1 before it was ready: -drive if=none,id=disk0,node-name=disk0-node,file=/nowhere/disk.raw,format=raw,cache=unsafe,discard=unmap: Could not open '/nowhere/disk.raw': No such file or directory
      blame       host: QEMU, the image or this machine misbehaved; the guest is not to blame
      doing       starting QEMU]
  `);
});

test('arguments that are too long for the kernel', async () => {
  const refused = start({ boot: { from: 'kernel', kernel: '/k', append: 'x'.repeat(3 << 20) } });
  await expect(refused).rejects.toThrowErrorMatchingInlineSnapshot(`
    [HostError: cannot start QEMU: spawn E2BIG
      blame       host: QEMU, the image or this machine misbehaved; the guest is not to blame
      next        check the limits of processes, open files and arguments: ulimit -a]
  `);
});

test('without QEMU the message says what it is for', async () => {
  const { PATH } = process.env;
  process.env.PATH = '/nowhere';
  try {
    await expect(start()).rejects.toThrowErrorMatchingInlineSnapshot(`
      [HostSetupError: missing on this host: qemu-system-x86_64 (boots the machines)
        blame       host: QEMU, the image or this machine misbehaved; the guest is not to blame
        next        install qemu-system-x86_64 in this system's own way]
    `);
  } finally {
    process.env.PATH = PATH;
  }
});
