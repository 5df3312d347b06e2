import { accessSync, chmodSync, constants, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { chooseAccelerator } from './accelerator.ts';
import { tryAccelerator } from './accelerator-probe.ts';
import { BOOT_STEPS } from './boot-sector.ts';
import { findProgram } from './programs.ts';
import { isAtLeast, QEMU, qemuVersion } from './qemu-version.ts';

// Starts programs; on a busy host each takes its time.
vi.setConfig({ testTimeout: 60_000 });

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'domes-accelerator-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A program in QEMU's place that says this. */
function pretend(script: string): string {
  const path = join(folder, 'qemu');
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

describe('the trial of an accelerator', () => {
  const qemu = findProgram(QEMU);

  it.skipIf(!qemu)('gets through in the emulator', async () => {
    expect(await tryAccelerator('tcg', qemu as string)).toMatchObject({ works: true, why: 'works' });
  });

  it('works when every step was taken', async () => {
    expect(await tryAccelerator('kvm', pretend(`printf ${BOOT_STEPS}`))).toMatchObject({ works: true });
  });

  it('names the step at which it stood still, and what was said', async () => {
    const { works, why } = await tryAccelerator(
      'kvm',
      pretend('echo "qemu: warning: x" >&2; echo "no such CPU" >&2; printf REP'),
    );
    expect(works).toBe(false);
    expect(why).toBe('a test boot stood still at long mode with paging (no such CPU)');
  });

  it('ends with its deadline', async () => {
    const { why } = await tryAccelerator('kvm', pretend('printf REPLI; exec sleep 1000'), { timeout: 300 });
    expect(why).toBe('a test boot stood still at the timer interrupt');
  });

  it('ends as soon as it is hopeless', async () => {
    const qemu = pretend('printf REPL; echo "KVM internal error. Suberror: 1" >&2; exec sleep 1000');
    const { why } = await tryAccelerator('kvm', qemu, { timeout: 60_000 });
    expect(why).toBe(
      'a test boot stood still at an interrupt in long mode (KVM internal error. Suberror: 1)',
    );
  });
});

describe('the accelerator', () => {
  it.each(['tcg', 'kvm'] as const)('is the one that DOMES_ACCELERATOR says (%s)', async (accelerator) => {
    const choice = await chooseAccelerator({ env: { DOMES_ACCELERATOR: accelerator } });
    expect(choice).toEqual({ accelerator, why: `DOMES_ACCELERATOR=${accelerator}` });
  });

  it('is none that does not exist', async () => {
    await expect(
      chooseAccelerator({ env: { DOMES_ACCELERATOR: 'hax' } }),
    ).rejects.toThrowErrorMatchingInlineSnapshot(
      `[ScenarioError: DOMES_ACCELERATOR is "hax": expected tcg or kvm]`,
    );
  });

  const hasKvm = canOpen('/dev/kvm');

  it.skipIf(!hasKvm)('is tried once, and again when QEMU or the boot is another', async () => {
    const log = join(folder, 'trials');
    const trials = () => readFileSync(log, 'utf8').trim().split('\n').length;
    const say = (version: string, letters: string) =>
      pretend(
        `case "$1" in --version) echo "QEMU emulator version ${version}";; *) echo x >> ${log}; printf ${letters};; esac`,
      );
    const env = { DOMES_CACHE: folder };
    const note = join(folder, 'host/accelerator.json');

    const qemu = say('7.2.0', BOOT_STEPS);
    expect(await chooseAccelerator({ env, qemu })).toEqual({ accelerator: 'kvm', why: 'kvm: works' });
    await chooseAccelerator({ env, qemu });
    expect(trials()).toBe(1);

    say('8.0.0', 'REPL');
    const why = 'kvm: a test boot stood still at an interrupt in long mode';
    expect(await chooseAccelerator({ env, qemu })).toEqual({ accelerator: 'tcg', why });
    expect(trials()).toBe(2);

    writeFileSync(note, readFileSync(note, 'utf8').replace(/"bootId":"[^"]*"/, '"bootId":"another"'));
    await chooseAccelerator({ env, qemu });
    writeFileSync(note, '{');
    await chooseAccelerator({ env, qemu });
    await chooseAccelerator({ env, qemu, fresh: true });
    expect(trials()).toBe(5);
    expect(await chooseAccelerator({ env, qemu })).toEqual({ accelerator: 'tcg', why });
    expect(trials()).toBe(5);
  });

  it.skipIf(hasKvm)('is the emulator where there is no KVM', async () => {
    expect(await chooseAccelerator({ env: {} })).toMatchObject({ accelerator: 'tcg' });
  });
});

function canOpen(path: string): boolean {
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

describe("QEMU's version", () => {
  it('is read with its suffix', async () => {
    const qemu = pretend(
      'echo "QEMU emulator version 7.2.22 (Debian 1:7.2+dfsg-7+deb12u18+b3)"; echo Copyright',
    );
    expect(await qemuVersion(qemu)).toBe('7.2.22 (Debian 1:7.2+dfsg-7+deb12u18+b3)');
  });

  it('is an error when there is none', async () => {
    await expect(qemuVersion(pretend('echo hello'))).rejects.toThrow('gave no version: hello');
    await expect(qemuVersion(join(folder, 'nowhere'))).rejects.toThrow('gave no version');
  });

  it.each([
    ['7.2.22 (Debian)', '6.0', true],
    ['6.0.0', '6.0', true],
    ['10.0.2', '6.0', true],
    ['5.2.0', '6.0', false],
    ['20.9.0', '20.19', false],
  ])('%s is at least %s: %s', (version, oldest, answer) => {
    expect(isAtLeast(version, oldest)).toBe(answer);
  });
});
