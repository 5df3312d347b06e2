/** The screen of a machine with nothing to boot: real QEMU, on which the firmware writes that it found nothing. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { MachineSpec } from '../qemu/spec.ts';
import { Machine } from './machine.ts';
import { machineRecord } from './machine-record.ts';
import { SCREEN_SOCKET } from './screenshots.ts';

const SPEC = { name: 'bare', accelerator: 'tcg', memoryMiB: 32, boot: { from: 'disk' } };
const IMAGE = { name: 'none', digest: 'd' } as never;

let logFolder: string;
beforeEach(() => {
  logFolder = mkdtempSync(join(tmpdir(), 'domes-screen-test-'));
});
afterEach(() => rmSync(logFolder, { recursive: true, force: true }));

function machineWith(display: 'none' | 'vga'): Machine {
  const machine = new Machine(MachineSpec.parse({ ...SPEC, display }), { logFolder, logFolderShown: 'logs' });
  machine.expectFailure('firmware/no-bootable-device');
  return machine;
}

/** What a PNG says of its picture (PNG specification, 5.2 and 11.2.2). */
function sizeOf(png: Buffer): string {
  expect(png.subarray(0, 8).toString('latin1')).toBe('\x89PNG\r\n\x1a\n');
  return `${png.readUInt32BE(16)}x${png.readUInt32BE(20)}`;
}

test('a picture on demand, and one more at the failure; the record names both', async () => {
  await using machine = machineWith('vga');
  await machine.start();
  await machine.console('firmware').expect('No bootable device.');
  const file = await machine.screenshot('../no boot');
  // Text mode, 80 columns of 9 points and 25 rows of 16.
  expect(sizeOf(readFileSync(file))).toBe('720x400');
  await Promise.all([machine.screenshots.takeAtFailure(), machine.screenshots.takeAtFailure()]);

  expect(readdirSync(join(logFolder, 'screenshots'))).toEqual(['1-..-no-boot.png', '2-failure.png']);
  expect(machineRecord(machine, IMAGE, 'test', []).screenshots).toEqual([
    { file: 'test/screenshots/1-..-no-boot.png', atMs: expect.any(Number), name: '../no boot' },
    { file: 'test/screenshots/2-failure.png', atMs: expect.any(Number), name: 'failure' },
  ]);
});

test('another process asks for one by the machine’s own socket', async () => {
  const spec = MachineSpec.parse({ ...SPEC, display: 'vga' });
  await using machine = new Machine(spec, { logFolder, logFolderShown: 'logs', runFolder: logFolder });
  machine.expectFailure('firmware/no-bootable-device');
  await machine.start();
  await machine.console('firmware').expect('No bootable device.');
  const asked = join(logFolder, SCREEN_SOCKET);
  const file = join(logFolder, 'screenshots/1-by-hand.png');
  expect(JSON.parse(await text(connect(asked)))).toEqual({ file });
  expect(sizeOf(readFileSync(file))).toBe('720x400');

  await machine.qmp.execute('quit');
  const refused = JSON.parse(await text(connect(asked)));
  expect(refused.error).toMatch(/^QMP screendump: the monitor closed/);
  await machine[Symbol.asyncDispose]();
  expect(existsSync(asked)).toBe(false);
});

test('a machine without a screen says how to get one, and at a failure says nothing', async () => {
  await using machine = machineWith('none');
  await machine.start();
  await expect(machine.screenshot()).rejects.toThrow(/"bare" has no screen[\s\S]*display: 'vga'/);
  await machine.screenshots.takeAtFailure();
  expect([machine.screenshots.taken, machine.cleanupTrouble]).toEqual([[], []]);
});

test('what QEMU can’t write is its own words, and leaves no half of a file', async () => {
  await using machine = machineWith('vga');
  await machine.start();
  await machine.qmp.execute('quit');
  await expect(machine.screenshot('late')).rejects.toThrow(/^QMP screendump: the monitor closed/);
  expect(readdirSync(join(logFolder, 'screenshots'))).toEqual([]);
});

test('where QEMU is gone at the failure, the record says why there is no picture', async () => {
  await using machine = machineWith('vga');
  await machine.start();
  process.kill(machine.emulation.qemu.pid as number, 'SIGTERM');
  await machine.emulation.qemu.exited;
  await machine.screenshots.takeAtFailure();
  expect(machine.cleanupTrouble).toEqual(['no screenshot at the failure: QEMU had ended by then']);
  expect(machine.emulation.cpuMs).toBeGreaterThan(0);
});
