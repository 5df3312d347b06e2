/** Which QEMU this host has. */
import { execFile } from 'node:child_process';
import { HostSetupError } from '../../errors.ts';
import { requireProgram } from './programs.ts';

/** The emulator of x86-64 PCs. */
export const QEMU = 'qemu-system-x86_64';

/** Snapshots over QMP (`snapshot-save`) came with QEMU 6.0, and checkpoints are made of them. */
export const OLDEST_QEMU = '6.0';

/**
 * Version of QEMU with the distribution's own suffix, `7.2.22 (Debian 1:7.2+dfsg-7+deb12u18)`: what a saved
 * machine state depends on.
 * @throws HostSetupError when QEMU is missing, or says something that is no version.
 */
export async function qemuVersion(program = requireProgram(QEMU)): Promise<string> {
  const { said, failure } = await ask(program);
  const version = /version (\d+\.\d+[^\n]*)/.exec(said)?.[1];
  if (version) return version;
  throw new HostSetupError(`${program} --version gave no version: ${said.trim() || failure}`, {
    next: `run ${program} --version by hand; QEMU ${OLDEST_QEMU} or later is needed`,
  });
}

function ask(program: string): Promise<{ said: string; failure: string }> {
  return new Promise((resolve) => {
    execFile(program, ['--version'], { timeout: 20_000 }, (error, stdout) =>
      resolve({ said: stdout, failure: error?.message ?? '' }),
    );
  });
}

/** Is QEMU this old or newer? `7.2.22 (Debian …)` is at least `6.0`. */
export function isAtLeast(version: string, oldest: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number.parseFloat);
  const [oldestMajor = 0, oldestMinor = 0] = oldest.split('.').map(Number.parseFloat);
  return major > oldestMajor || (major === oldestMajor && minor >= oldestMinor);
}
