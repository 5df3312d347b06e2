/**
 * `npx tsx bench/snapshot/soak.ts [100] [template|vmstate|FOLDER]`: restores one dom0 again and again, and looks whether
 * each is healthy: xl answers rightly, a timer fires in time, a file can be written and read back from the disk, the
 * kernel has not complained, the harness lost no character. Ends with status 1 when one is not. FOLDER is that of a
 * stored checkpoint, which `npx domes checkpoints show dom0-up` names; without one, slim-dom0 is booted and saved.
 */
import { restoreSnapshot } from '../../src/harness/snapshot/restore-snapshot.ts';
import { readSnapshot, type Snapshot } from '../../src/harness/snapshot/snapshot.ts';
import { openDom0 } from '../../src/harness/xen/dom0.ts';
import { median } from '../median.ts';
import { Dom0Snapshots } from './dom0-snapshot.ts';

const COMPLAINT =
  /.*(?:lockup|watchdog: BUG|clocksource: timekeeping watchdog|blocked for more than|rcu: INFO|clocksource.*unstable|Call Trace).*/i;

/** Why a dom0 that was just restored is not healthy; nothing when it is. */
async function trouble(snapshot: Snapshot, snapshots: Dom0Snapshots, answersMs: number[]): Promise<string[]> {
  const began = performance.now();
  await using one = await restoreSnapshot(snapshot.folder, snapshots.context());
  const { machine } = one;
  const dom0 = await openDom0(machine);
  answersMs.push(performance.now() - began);
  const found: string[] = [];
  const domains = (await dom0.list()).map(({ name }) => name).join();
  if (domains !== 'Domain-0') found.push(`xl list: ${domains}`);
  const word = `written-${machine.clock().toFixed(3)}`;
  await dom0.shell.succeed(`echo ${word} > /root/soak && sync && echo 3 > /proc/sys/vm/drop_caches`);
  const read = await dom0.shell.succeed('cat /root/soak');
  if (read !== word) found.push(`read back: ${read}`);
  const { tookMs, exitStatus } = await dom0.shell.run('sleep 0.2');
  if (exitStatus !== 0 || tookMs < 190 || tookMs > 5_000) found.push(`sleep 0.2 took ${tookMs} ms`);
  // Neither holds what was said before the save.
  const dmesg = await dom0.shell.succeed('dmesg');
  const savedBytes = snapshot.record.files['console.log']?.bytes ?? 0;
  const printed = Buffer.from(machine.console().transcript.raw.since(savedBytes)).toString('latin1');
  const complaint = COMPLAINT.exec(`${dmesg}\n${printed}`);
  if (complaint) found.push(`the kernel complains: ${JSON.stringify(complaint[0])}`);
  if (machine.diagnosis.findings.length > 0)
    found.push(machine.diagnosis.findings.map((one) => one.class).join());
  const { retyped } = machine.console('shell').typing;
  if (retyped > 0) found.push(`${retyped} characters typed again`);
  return found;
}

const count = Number(process.argv[2] ?? 100);
const from = process.argv[3] ?? 'template';
await using snapshots = new Dom0Snapshots();
const snapshot =
  from === 'template' || from === 'vmstate'
    ? (await snapshots.save(from)).snapshot
    : await readSnapshot(from);
const answersMs: number[] = [];
let healthy = 0;
for (let round = 1; round <= count; round++) {
  const found = await trouble(snapshot, snapshots, answersMs).catch((error: Error) => [error.message]);
  if (found.length === 0) healthy++;
  else console.log(`restore ${round}: ${found.join('; ')}`);
}
const ms = (value: number) => `${value.toFixed(0)} ms`;
console.log(
  `${healthy} of ${count} restores (${snapshot.record.kind} of ${snapshot.record.image?.name}) healthy; answer after ${ms(median(answersMs))}, at most ${ms(Math.max(...answersMs))}`,
);
process.exitCode = healthy === count ? 0 : 1;
