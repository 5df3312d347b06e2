/** Machines with nothing to boot: real QEMU and its firmware, which is up in a quarter of a second. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MachineSpec } from '../qemu/spec.ts';
import { Machine } from './machine.ts';

const SPEC = MachineSpec.parse({ name: 'bare', accelerator: 'tcg', memoryMiB: 32, boot: { from: 'disk' } });

let logFolder: string;
beforeEach(() => {
  logFolder = mkdtempSync(join(tmpdir(), 'domes-machine-test-'));
});
afterEach(() => rmSync(logFolder, { recursive: true, force: true }));

function bareMachine(): Machine {
  return new Machine(SPEC, { logFolder, logFolderShown: 'logs' });
}

describe('a machine', () => {
  test('shows its firmware from the first byte on, in its console and in its logs', async () => {
    await using machine = bareMachine();
    const failed = machine.expectFailure('firmware/no-bootable-device');
    await machine.start();
    const { evidence } = await machine.reach('firmware');
    expect(evidence).toMatch(/^SeaBIOS \(version /);
    expect((await failed()).evidence.text).toMatch(/^(?:Boot failed: |No bootable device)/);
    await machine.console('firmware').expect('No bootable device.');

    await machine[Symbol.asyncDispose]();
    // QEMU's own log may hold a byte twice, see log-files.ts; what we received does not.
    expect(readFileSync(join(logFolder, 'firmware.log'), 'latin1').startsWith('SeaBIOS')).toBe(true);
    const text = readFileSync(join(logFolder, 'firmware.txt'), 'latin1');
    expect(text).toMatch(/^SeaBIOS \(version .*\n[\s\S]*No bootable device\./);
    expect(text).toBe(Buffer.from(machine.console('firmware').transcript.raw.since(0)).toString('latin1'));
  });

  test('with nothing to boot fails by its class, on whichever console one waits', async () => {
    await using machine = bareMachine();
    await machine.start();
    await expect(machine.console().expect('login: ')).rejects.toMatchObject({
      name: 'KnownFailureError',
      failureClass: 'firmware/no-bootable-device',
    });
  });

  test('whose QEMU is killed blames the host, and says by what it was killed', async () => {
    await using machine = bareMachine();
    machine.expectFailure('firmware/no-bootable-device');
    await machine.start();
    const wait = machine.console().expect('login: ');
    process.kill(machine.emulation.qemu.pid as number, 'SIGKILL');
    await expect(wait).rejects.toMatchObject({
      name: 'QemuGoneError',
      blame: 'host',
      failureClass: 'emulator/killed',
      summary: 'QEMU was killed by SIGKILL while console "console" was waiting for "login: "',
    });
  });

  test('that is told to quit says that it ended, not that the host failed', async () => {
    await using machine = bareMachine();
    machine.expectFailure('firmware/no-bootable-device');
    await machine.start();
    const wait = machine.console().expect('login: ');
    await machine.qmp.execute('quit');
    await expect(wait).rejects.toMatchObject({
      name: 'EndOfStreamError',
      facts: { failureClass: 'emulator/ended' },
    });
  });

  test('goes on with its consoles and its transcript when its QEMU is replaced', async () => {
    await using machine = bareMachine();
    machine.expectFailure('firmware/no-bootable-device');
    await machine.start();
    const firmware = machine.console('firmware');
    await firmware.expect('No bootable device.');
    const end = firmware.transcript.end;

    await machine.start();
    const { end: again } = await firmware.expect('No bootable device.');
    expect(again).toBeGreaterThan(end);
    expect(machine.emulation.processes).toHaveLength(2);
    expect(machine.milestones.list().map(({ name }) => name)).toEqual(['firmware']);
  });

  test('can be attached to while the transcript goes on', async () => {
    await using machine = new Machine(SPEC, { logFolder, logFolderShown: 'logs', runFolder: logFolder });
    machine.expectFailure('firmware/no-bootable-device');
    await machine.start();
    const person = connect(join(logFolder, 'firmware.sock'));
    let seen = '';
    for await (const chunk of person) {
      seen += String(chunk);
      if (seen.includes('No bootable device.')) break;
    }
    expect(seen).toMatch(/^SeaBIOS \(version /);
    await machine.console('firmware').expect('No bootable device.');
  });

  test('knows its consoles by name, and says which there are', () => {
    expect(() => bareMachine().console('serial')).toThrow(/has no console "serial"[\s\S]*firmware, console/);
  });
});
