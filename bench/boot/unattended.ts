/** The same direct boot driven by nothing: dom0 starts the guest itself, consoles go to files, nobody listens. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { boundToParent } from '../../src/harness/runner/parent-death.ts';
import { processStat } from '../../src/harness/runner/process-stat.ts';
import type { BootCost } from './drive.ts';

/**
 * Boots with these arguments until `prompt` stands in the file of `console`.
 * @param argv of a machine that the harness has launched: its socket chardevs become files.
 */
export async function bootUnattended(
  argv: readonly string[],
  console: string,
  prompt: RegExp,
): Promise<BootCost> {
  const folder = mkdtempSync(join(tmpdir(), 'domes-bench-'));
  const log = join(folder, console);
  writeFileSync(log, '');
  const startedAt = performance.now();
  const [file, ...args] = boundToParent(argv.filter((argument) => argument !== '-S').map(toFile(folder)));
  const qemu = spawn(file as string, args, { stdio: 'ignore' });
  try {
    await new Promise<void>((resolve, reject) => {
      const watcher = watch(log, () => {
        if (!prompt.test(readFileSync(log, 'latin1'))) return;
        watcher.close();
        resolve();
      });
      qemu.once('exit', (code) => reject(new Error(`QEMU ended with ${code} before the guest's prompt`)));
    });
    return {
      wallMs: performance.now() - startedAt,
      qemuCpuMs: processStat(qemu.pid as number)?.cpuMs ?? 0,
      harnessCpuMs: 0,
      timeline: '',
    };
  } finally {
    qemu.removeAllListeners('exit');
    qemu.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
}

function toFile(folder: string): (argument: string, index: number, all: readonly string[]) => string {
  return (argument) => {
    if (argument.startsWith('socket,id=qmp,')) return 'null,id=qmp';
    return argument.replace(
      /^socket,id=([a-z0-9-]+),.*$/,
      (_, name: string) => `file,id=${name},path=${folder}/${name}`,
    );
  };
}
