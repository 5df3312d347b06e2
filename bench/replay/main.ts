/**
 * What recording costs, and what replaying it costs: the same boot live, recorded, and replayed, in turn, so that a
 * noisy host falsifies no ratio. CPU is QEMU's, from its start to its end.
 */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LaunchOptions, launchMachine } from '../../src/harness/machine/launch.ts';
import type { Machine } from '../../src/harness/machine/machine.ts';
import { capsuleIn } from '../../src/harness/qemu/recording.ts';
import { MachineRecording } from '../../src/harness/replay/machine-recording.ts';
import { openCapsule } from '../../src/harness/replay/open-capsule.ts';
import { replayCapsule } from '../../src/harness/replay/replay-run.ts';
import { driveToGuest } from '../boot/drive.ts';
import { median } from '../median.ts';
import { childrenCpuMs } from './children.ts';

/** A boot, and how far it is driven. */
interface Boot {
  readonly what: string;
  readonly options: LaunchOptions;
  readonly drive: (machine: Machine) => Promise<void>;
}

const BOOTS: readonly Boot[] = [
  {
    what: 'direct boot, a dom0 that panics without a root disk',
    options: { boot: 'direct', append: { vmlinuz: 'rdinit=/missing root=/dev/xvda1' } },
    drive: async (machine) => void (await machine.shell().catch(() => {})),
  },
  {
    what: 'GRUB menu, dom0, a guest to its prompt',
    options: {},
    drive: (machine) => driveToGuest(machine, 'disk'),
  },
];

export async function benchReplay(rounds: number): Promise<void> {
  for (const boot of BOOTS) await benchOne(boot, rounds);
}

async function benchOne({ what, options, drive }: Boot, rounds: number): Promise<void> {
  const recordingRatios: number[] = [];
  const replayRatios: number[] = [];
  const cpu = { live: [] as number[], recorded: [] as number[], replay: [] as number[] };
  let capsuleBytes = 0;
  let identical = 0;
  for (let round = 0; round < rounds; round++) {
    const logFolder = mkdtempSync(join(tmpdir(), 'domes-bench-'));
    try {
      const live = await childrenCpuMs(() => run(join(logFolder, 'live'), options, drive));
      const folder = join(logFolder, 'recorded');
      const recorded = await childrenCpuMs(() => run(folder, { ...options, determinism: 'recorded' }, drive));
      capsuleBytes = bytesIn(capsuleIn(folder));
      const replay = await childrenCpuMs(async () => {
        await using replayed = await replayCapsule(await openCapsule(capsuleIn(folder)));
        if (replayed.result.is === 'identical') identical++;
      });
      cpu.live.push(live);
      cpu.recorded.push(recorded);
      cpu.replay.push(replay);
      recordingRatios.push(recorded / live);
      replayRatios.push(replay / recorded);
    } finally {
      rmSync(logFolder, { recursive: true, force: true });
    }
  }
  const s = (values: readonly number[]) => `${(median(values) / 1000).toFixed(2)} s`;
  console.log(`${what}: median of ${rounds}, CPU of QEMU`);
  console.log(`  live ${s(cpu.live)}, recorded ${s(cpu.recorded)}, replayed ${s(cpu.replay)}`);
  console.log(`  recorded / live      ${median(recordingRatios).toFixed(2)}   (target ≤ 1.9)`);
  console.log(`  replayed / recorded  ${median(replayRatios).toFixed(2)}   (target ≤ 1.6)`);
  console.log(`  ${identical} of ${rounds} replays identical; capsule ${(capsuleBytes / 1e6).toFixed(2)} MB`);
}

/** One boot; of a recorded one a capsule is left in its folder. */
async function run(
  logFolder: string,
  options: LaunchOptions,
  drive: (machine: Machine) => Promise<void>,
): Promise<void> {
  mkdirSync(logFolder);
  const isRecording = options.determinism === 'recorded';
  const context = { logFolder, logFolderShown: logFolder, isRecording };
  const { machine, image, ...launched } = await launchMachine('slim-dom0', context, options);
  const recording = isRecording
    ? new MachineRecording({ machine, image, launch: options, logFolder })
    : undefined;
  try {
    await drive(machine);
    await recording?.beforeEnd();
  } finally {
    await launched[Symbol.asyncDispose]();
  }
  await recording?.conclude({ result: 'unknown' });
}

function bytesIn(folder: string): number {
  return readdirSync(folder, { recursive: true })
    .map((name) => statSync(join(folder, name as string)))
    .reduce((sum, stat) => sum + (stat.isFile() ? stat.size : 0), 0);
}
