/** How long the story takes from `installed-xen` to the login of its Debian guest. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { median } from '../median.ts';
import { MARKS, type Mark, ROUNDS } from './mark.ts';

const ROOT = join(import.meta.dirname, '../..');

/** Runs the way `rounds` times and prints the median of each moment on it. */
export async function benchLogin(rounds: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'domes-bench-login-'));
  try {
    const file = join(folder, 'marks');
    const vitest = [
      'node_modules/vitest/vitest.mjs',
      'run',
      '--root',
      '.',
      '--config',
      'bench/login/vitest.config.ts',
    ];
    const { exitCode } = await execa(process.execPath, vitest, {
      cwd: ROOT,
      env: { [ROUNDS]: String(rounds), [MARKS]: file },
      stdio: ['ignore', 'inherit', 'inherit'],
      reject: false,
    });
    if (exitCode !== 0) {
      // Vitest has said why.
      process.exitCode = 1;
      return;
    }
    print(
      readFileSync(file, 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Mark[]),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function print(rounds: readonly (readonly Mark[])[]): void {
  console.log(`from installed-xen to the Debian guest's login, median of ${rounds.length}:`);
  for (const [at, { what }] of (rounds[0] ?? []).entries()) {
    const of = (pick: (mark: Mark) => number) =>
      (median(rounds.map((marks) => pick(marks[at] as Mark))) / 1000).toFixed(2).padStart(6);
    console.log(
      `  ${what.padEnd(26)} ${of((mark) => mark.wallMs)} s wall   ${of((mark) => mark.qemuCpuMs)} s CPU of QEMU`,
    );
  }
  const last = rounds.map((marks) => (marks.at(-1) as Mark).wallMs);
  console.log(`  all of it                  ${(median(last) / 1000).toFixed(2)} s wall (target < 20 s)`);
}
