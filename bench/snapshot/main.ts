/** How long saving and restoring a dom0 takes, what it takes on the disk and in memory. */
import { readFileSync } from 'node:fs';
import { compressSnapshot, thaw } from '../../src/harness/snapshot/at-rest.ts';
import { restoreSnapshot } from '../../src/harness/snapshot/restore-snapshot.ts';
import { readSnapshot, type Snapshot } from '../../src/harness/snapshot/snapshot.ts';
import type { SnapshotKind } from '../../src/harness/snapshot/snapshot-record.ts';
import { median } from '../median.ts';
import { Dom0Snapshots } from './dom0-snapshot.ts';

export async function benchSnapshot(rounds: number): Promise<void> {
  for (const kind of ['template', 'vmstate'] as const) await benchKind(kind, rounds);
}

async function benchKind(kind: SnapshotKind, rounds: number): Promise<void> {
  await using snapshots = new Dom0Snapshots();
  const { snapshot, saveMs, onMs } = await snapshots.save(kind, rounds);
  const runsMs: number[] = [];
  const answersMs: number[] = [];
  const cpuMs: number[] = [];
  const residentMiB: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const began = performance.now();
    await using one = await restoreSnapshot(snapshot.folder, snapshots.context());
    runsMs.push(performance.now() - began);
    await one.machine.shell();
    answersMs.push(performance.now() - began);
    cpuMs.push(one.machine.emulation.cpuMs);
    residentMiB.push(resident(one.machine.emulation.qemu.pid as number));
  }
  const atRest = await compressed(snapshot);
  const ms = (values: readonly number[]) =>
    `${median(values).toFixed(0)} ms (${Math.min(...values).toFixed(0)}–${Math.max(...values).toFixed(0)})`;
  console.log(`snapshot of a dom0 with 1 GiB, kind ${kind}, median of ${rounds}:`);
  console.log(`  save                        ${ms(saveMs)}   (target < 1000 ms)`);
  if (onMs.length > 0) console.log(`  go on, memory copied        ${ms(onMs)}`);
  console.log(`  restore, until it runs      ${ms(runsMs)}`);
  console.log(`  restore, until it answers   ${ms(answersMs)}   (target < 500 ms)`);
  console.log(`  CPU of QEMU, to the answer  ${ms(cpuMs)}`);
  console.log(`  resident, after the answer  ${median(residentMiB).toFixed(0)} MiB`);
  console.log(`  on the disk                 ${atRest}`);
}

/** VmRSS of proc(5), MiB. */
function resident(pid: number): number {
  return Number(/VmRSS:\s*(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}

async function compressed(snapshot: Snapshot): Promise<string> {
  const mb = (bytes: number) => `${(bytes / 1e6).toFixed(0)} MB`;
  const large = mb(await snapshot.allocatedBytes());
  const began = performance.now();
  await compressSnapshot(snapshot);
  const compressMs = performance.now() - began;
  const small = mb(await (await readSnapshot(snapshot.folder)).allocatedBytes());
  const since = performance.now();
  await thaw(snapshot);
  return `${large}; compressed ${small}, in ${compressMs.toFixed(0)} ms; back in ${(performance.now() - since).toFixed(0)} ms`;
}
