/**
 * What recording and reporting cost: the same scenario through Vitest on a terminal, as users run it, and with nothing
 * recorded and nothing reported. In pairs, and in turn which comes first: a busy host falsifies both alike.
 */
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { median } from '../median.ts';
import { partsOfARun } from './parts-of-a-run.ts';

const ROOT = join(import.meta.dirname, '../..');
const PARTS = ['src', 'bench', 'scenarios', 'recipes', 'setup', 'package.json', 'known-failures.json'];
const IMAGES = ['images.manifest.json', 'images.lock.json'];
const TEST = 'the same guest, with Xen loaded by QEMU itself';

interface Cost {
  readonly wallMs: number;
  /** Of Vitest, its workers and QEMU. */
  readonly cpuMs: number;
}

export async function benchCostOfARun(pairs: number): Promise<void> {
  // A copy: what is measured is not to be in the history of this project's boots.
  const copy = mkdtempSync(join(tmpdir(), 'domes-bench-'));
  const on: Cost[] = [];
  const off: Cost[] = [];
  try {
    for (const part of [...PARTS, ...IMAGES]) cpSync(join(ROOT, part), join(copy, part), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
    for (let pair = 0; pair < pairs; pair++)
      for (const isOn of pair % 2 === 0 ? [true, false] : [false, true])
        (isOn ? on : off).push(await run(copy, isOn));
    print(on, off);
    printParts(await partsOfARun(copy), median(off.map(({ cpuMs }) => cpuMs)));
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

function printParts(parts: Readonly<Record<string, number>>, cpuMs: number): void {
  const sum = Object.values(parts).reduce((total, ms) => total + ms, 0);
  console.log('  CPU of its parts, each by itself:');
  for (const [name, ms] of Object.entries({ ...parts, together: sum }))
    console.log(`    ${name.padEnd(30)} ${ms.toFixed(1).padStart(6)} ms`);
  console.log(`    of the run's CPU               ${((sum / cpuMs) * 100).toFixed(2).padStart(6)} %`);
}

function print(on: readonly Cost[], off: readonly Cost[]): void {
  console.log(
    `a boot to the guest's prompt through Vitest, recorded and reported / neither, ${on.length} pairs:`,
  );
  for (const [name, pick] of [
    ['wall', ({ wallMs }: Cost) => wallMs],
    ['CPU', ({ cpuMs }: Cost) => cpuMs],
  ] as const) {
    const of = (costs: readonly Cost[]) => (median(costs.map(pick)) / 1000).toFixed(2);
    const ratios = on.map((cost, index) => pick(cost) / pick(off[index] as Cost));
    const range = `${Math.min(...ratios).toFixed(3)} to ${Math.max(...ratios).toFixed(3)}`;
    console.log(
      `  ${name.padEnd(5)} ${of(on)} s / ${of(off)} s   median of ratios ${median(ratios).toFixed(3)} (${range})`,
    );
  }
}

async function run(copy: string, isOn: boolean): Promise<Cost> {
  const times = join(copy, 'times');
  const vitest = `node_modules/vitest/vitest.mjs run --config bench/report/vitest.config.ts --root . -t '${TEST}'`;
  // `times` of a POSIX shell: the second line is of the children that it has waited for.
  const command = `"${process.execPath}" ${vitest} && times > times`;
  const startedAt = performance.now();
  await execa('script', ['-qec', command, '/dev/null'], {
    cwd: copy,
    env: { DOMES_BENCH_RECORDING: isOn ? 'on' : 'off', DOMES_LIVE: 'block', SHELL: '/bin/sh' },
    stdin: 'ignore',
  });
  const wallMs = performance.now() - startedAt;
  const [, children = ''] = readFileSync(times, 'utf8').split('\n');
  return { wallMs, cpuMs: children.split(' ').reduce((sum, one) => sum + msOf(one), 0) };
}

/** `1m2.345s` */
function msOf(text: string): number {
  const [, minutes = '0', seconds = '0'] = /^(\d+)m([\d.]+)s$/.exec(text) ?? [];
  return (Number(minutes) * 60 + Number(seconds)) * 1000;
}
