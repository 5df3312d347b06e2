/** Starts the processes of the bench, and sees to it that none outlives it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { HostError } from '../../src/errors.ts';

/** A directory for sockets, corpora and histories, removed at exit. */
export const scratch = mkdtempSync(join(tmpdir(), 'domes-bench-'));
const children = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(scratch, { recursive: true, force: true });
});

/** A command that runs a script of this folder; tied to one processor where `taskset` says so. */
export function script(name: string, ...args: (string | number)[]): string[] {
  const file = fileURLToPath(new URL(name, import.meta.url));
  return [process.execPath, '--import', 'tsx', file, ...args.map(String)];
}

export interface Started {
  /** The first line that the process prints. */
  readonly firstLine: Promise<string>;
  readonly ended: Promise<number | null>;
  readonly child: ChildProcess;
}

export function start([command, ...args]: readonly string[]): Started {
  const child = spawn(command as string, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  children.add(child);
  const lines = createInterface({ input: child.stdout });
  const ended = new Promise<number | null>((resolve) => {
    child.on('close', (status) => {
      children.delete(child);
      resolve(status);
    });
  });
  const firstLine = new Promise<string>((resolve, reject) => {
    lines.once('line', resolve);
    child.on('error', reject);
    child.on('close', (status) =>
      reject(new HostError('DOMES_BENCH', `${command} ${args.join(' ')} ended with ${status} and no answer`)),
    );
  });
  return { firstLine, ended, child };
}
