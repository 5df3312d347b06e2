/** A boot that fails and is recorded, and the replay of its capsule by the command that the failure names. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, KnownFailureError, type Launch } from '../../src/harness/index.ts';

/**
 * Boots a dom0 without a root disk, and with its one serial port: a replay can begin in its middle. Returns the capsule
 * that its failure names.
 */
export async function recordFailure(launch: Launch): Promise<string> {
  const machine = await launch('slim-dom0', {
    boot: 'direct',
    determinism: 'recorded',
    machine: { consoles: { console: { port: 'com1', role: 'system' } } },
    append: { vmlinuz: 'rdinit=/missing root=/dev/xvda1' },
  });
  const failure = await machine.reach('userspace').catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(KnownFailureError);
  expect(failure).toMatchObject({ failureClass: 'kernel/no-root-device' });
  return capsuleOf(failure);
}

/** The capsule that a failure's message names. */
export function capsuleOf(failure: unknown): string {
  const capsule = /again +npx domes replay (\S+)/.exec((failure as Error).message)?.[1];
  expect(capsule).toBeDefined();
  return capsule as string;
}

/** What `domes replay --json` says of it. */
export async function replayed(capsule: string, ...options: readonly string[]) {
  const args = ['bin/domes.mjs', 'replay', capsule, '--json', ...options];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout);
}
