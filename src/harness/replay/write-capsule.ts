/** Makes a capsule of a recorded run: a folder that can be zipped, sent, and replayed elsewhere. */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { copyFile, mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { HostError } from '../../errors.ts';
import { sha256OfFile } from '../image/digest.ts';
import { besides } from '../image/disk-images.ts';
import type { Image } from '../image/image.ts';
import type { LaunchOptions } from '../machine/launch.ts';
import type { Machine } from '../machine/machine.ts';
import { capsuleIn, recordingIn } from '../qemu/recording.ts';
import {
  CAPSULE_FILE,
  type CapsuleConsole,
  type CapsuleInput,
  type CapsuleMilestone,
  CapsuleRecord,
} from './capsule-record.ts';
import type { Moments } from './moments.ts';
import { placesOf, withPlaceholders } from './placeholders.ts';

/** The recorded run, over by now. */
export interface RecordedRun {
  readonly machine: Machine;
  readonly image: Image;
  readonly moments: Moments;
  /** As given to `launch`. */
  readonly launch: LaunchOptions;
  /** Where its logs and its recording are, absolute. */
  readonly logFolder: string;
  readonly scenario: CapsuleRecord['scenario'];
}

/**
 * Writes the capsule and removes the raw recording.
 * @returns the bytes that the capsule takes.
 * @throws HostError when the recording was cut off: QEMU completes it only when it ends by itself.
 */
export async function writeCapsule(run: RecordedRun): Promise<number> {
  const folder = capsuleIn(run.logFolder);
  const half = `${folder}.half`;
  await rm(half, { recursive: true, force: true });
  await mkdir(join(half, 'consoles'), { recursive: true });
  const recording = await packRecording(recordingIn(run.logFolder), half);
  const consoles = await copyConsoles(run, half);
  const record = CapsuleRecord.parse({
    schema: 1,
    recordedAt: new Date(run.machine.emulation.startedAt).toISOString(),
    qemuVersion: run.machine.emulation.qemuVersion,
    argv: argvOf(run),
    image: { name: run.image.name, digest: run.image.digest },
    imagesBeside: besides(run.image),
    launch: JSON.parse(JSON.stringify(withoutFolders(run.launch))),
    recording,
    milestones: await milestonesOf(run),
    consoles,
    inputs: await inputsOf(run),
    scenario: run.scenario,
    ...failureOf(run),
    ...(run.moments.endInstruction !== undefined && { endInstruction: run.moments.endInstruction }),
  } satisfies CapsuleRecord);
  await writeFile(join(half, CAPSULE_FILE), `${JSON.stringify(record, undefined, 2)}\n`);
  await rm(folder, { recursive: true, force: true });
  await rename(half, folder);
  await discardRecording(run.logFolder);
  return folderBytes(folder);
}

/** Removes a recording that nobody wants to keep. */
export async function discardRecording(logFolder: string): Promise<void> {
  await rm(recordingIn(logFolder), { force: true });
}

async function packRecording(file: string, folder: string): Promise<CapsuleRecord['recording']> {
  await requireComplete(file);
  const { size } = await stat(file);
  const packed = join(folder, 'recording.gz');
  await pipeline(createReadStream(file), createGzip({ level: 6 }), createWriteStream(packed));
  return { file: 'recording.gz', sha256: await sha256OfFile(packed), bytes: size };
}

/** QEMU writes the head, a version, when all the rest is there (replay/replay.c, replay_finish). */
async function requireComplete(file: string): Promise<void> {
  const head = Buffer.alloc(4);
  await using handle = await open(file, 'r').catch((cause: Error) => {
    throw new HostError('DOMES_RECORDING', `there is no recording: ${cause.message}`);
  });
  await handle.read(head, 0, head.length, 0);
  if (head.readUInt32BE(0) === 0)
    throw new HostError('DOMES_RECORDING', 'the recording was cut off: QEMU was ended by force', {
      next: 'run it again; a recording is complete only when the runner ends its machine in order',
    });
}

async function copyConsoles({ machine, logFolder }: RecordedRun, folder: string): Promise<CapsuleConsole[]> {
  const consoles: CapsuleConsole[] = [];
  for (const name of machine.consoles.keys()) {
    const file = `consoles/${name}.log`;
    await copyFile(join(logFolder, `${name}.log`), join(folder, file));
    const bytes = await readFile(join(folder, file));
    consoles.push({ name, file, bytes: bytes.length, sha256: sha256(bytes) });
  }
  return consoles;
}

async function milestonesOf({ machine, moments, logFolder }: RecordedRun): Promise<CapsuleMilestone[]> {
  const milestones: CapsuleMilestone[] = [];
  for (const { name, stage, console, atMs } of machine.milestones.list()) {
    const noted = moments.milestones.get(name);
    if (!noted) continue;
    const bytes = await readFile(join(logFolder, `${console}.log`));
    const { bytes: length, instruction } = noted;
    const digest = sha256(bytes.subarray(0, length));
    const at = instruction === undefined ? {} : { instruction };
    milestones.push({ name, stage, console, atMs, bytes: length, sha256: digest, ...at });
  }
  return milestones;
}

function failureOf({ moments: { failure } }: RecordedRun): Pick<CapsuleRecord, 'failure'> {
  if (!failure) return {};
  const { class: failureClass, evidence } = failure.finding;
  const { instruction } = failure.noted;
  return {
    failure: {
      console: evidence.console,
      atMs: evidence.atMs,
      class: failureClass,
      text: evidence.text,
      ...(instruction !== undefined && { instruction }),
    },
  };
}

/** What was typed, from the consoles' .times files: `[ms, "i", text]`. */
async function inputsOf({ machine, logFolder }: RecordedRun): Promise<CapsuleInput[]> {
  const inputs: CapsuleInput[] = [];
  for (const console of machine.consoles.keys()) {
    const lines = (await readFile(join(logFolder, `${console}.times`), 'utf8')).split('\n');
    for (const line of lines.filter((text) => text.includes('"i"'))) {
      const [atMs, , text] = JSON.parse(line) as [number, 'i', string];
      inputs.push({ console, atMs, text });
    }
  }
  return inputs.sort((a, b) => a.atMs - b.atMs);
}

function argvOf({ machine }: RecordedRun): string[] {
  const argv = machine.emulation.processes.at(-1)?.argv ?? [];
  const places = placesOf(machine.places.files, machine.places);
  return withPlaceholders(argv, places);
}

/** What the guest's web server served is in the recording; the folders are this host's own. */
function withoutFolders({ serve, ...launch }: LaunchOptions): LaunchOptions {
  if (!serve) return launch;
  return { ...launch, serve: Object.fromEntries(Object.keys(serve).map((name) => [name, '{served}'])) };
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

async function folderBytes(folder: string): Promise<number> {
  let sum = 0;
  for (const name of await readdir(folder, { recursive: true })) sum += (await stat(join(folder, name))).size;
  return sum;
}
