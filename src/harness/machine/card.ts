/**
 * The card of a running machine: `machine.json` in its private folder, from which other processes learn that it is
 * there and how to get in (`npx domes ps`, `npx domes attach`). It goes with the folder.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { ConsoleRole, FIRMWARE_CONSOLE } from '../console/port.ts';
import { writeWholeFile } from '../report/whole-file.ts';
import { RUNNER_PREFIX, readOwner } from '../runner/owner.ts';
import { identify, isAlive, ProcessIdentity } from '../runner/process-identity.ts';
import { runDirectoryRoot } from '../runner/runner-folder.ts';
import type { EmulatedMachine } from './emulated-machine.ts';

const CARD_FILE = 'machine.json';

export const MachineCard = z.object({
  schema: z.literal(1),
  name: z.string(),
  image: z.string().optional(),
  accelerator: z.string(),
  /** What it runs for; absent for one that a person booted. */
  scenario: z.object({ file: z.string(), test: z.string() }).optional(),
  /** Wall-clock time of its start, ISO 8601. */
  startedAt: z.string(),
  restoredFrom: z.string().optional(),
  /** The latest. */
  milestone: z.object({ name: z.string(), atMs: z.number() }).optional(),
  consoles: z.array(z.object({ name: z.string(), role: ConsoleRole })),
  /** It has a screen that pictures can be taken of. */
  screen: z.literal(true).optional(),
  /** Of a machine of this host. */
  qemu: ProcessIdentity.optional(),
  /** The other host that it runs on. */
  host: z.string().optional(),
  /** Where its console logs are, as a person would write it. */
  logs: z.string(),
  /** Why it is kept for a person. */
  paused: z.string().optional(),
});
export type MachineCard = z.infer<typeof MachineCard>;

/** A card, and where it was found. */
export interface RunningMachine {
  /** Told apart from all others of this user: `4fA2-1`. */
  readonly id: string;
  /** Its private folder. */
  readonly folder: string;
  readonly card: MachineCard;
}

export class CardFile {
  readonly #machine: EmulatedMachine;
  readonly #about: Pick<MachineCard, 'scenario' | 'logs'>;
  #paused: string | undefined;

  constructor(machine: EmulatedMachine, about: Pick<MachineCard, 'scenario' | 'logs'>) {
    this.#machine = machine;
    this.#about = about;
    machine.milestones.onNoted(() => this.write());
  }

  set paused(why: string | undefined) {
    this.#paused = why;
    this.write();
  }

  /** Writes what is so now. Never throws: a machine that nobody sees is still a machine. */
  write(): void {
    try {
      const { runFolder } = this.#machine;
      const card = runFolder && this.#now();
      if (card) writeWholeFile(join(runFolder, CARD_FILE), JSON.stringify(card));
    } catch {}
  }

  #now(): MachineCard | undefined {
    const { name, host, image, spec, emulation, milestones, restoredFrom } = this.#machine;
    const { pid, exit } = emulation.qemu;
    const qemu = pid === undefined ? undefined : identify(pid);
    // Gone already.
    if (exit || (pid !== undefined && !qemu)) return undefined;
    const latest = milestones.list().at(-1);
    const ports = { [FIRMWARE_CONSOLE]: { role: 'firmware' as const }, ...spec.consoles };
    return {
      ...{ schema: 1, name, accelerator: spec.accelerator, ...this.#about },
      ...(qemu && { qemu }),
      ...(host !== undefined && { host }),
      ...(image && { image: image.name }),
      ...(spec.display !== 'none' && { screen: true as const }),
      startedAt: new Date(emulation.startedAt).toISOString(),
      ...(restoredFrom && { restoredFrom: restoredFrom.name }),
      ...(latest && { milestone: { name: latest.name, atMs: latest.atMs } }),
      consoles: Object.entries(ports).map(([console, { role }]) => ({ name: console, role })),
      ...(this.#paused !== undefined && { paused: this.#paused }),
    };
  }
}

/** The machines of this user that run now, the oldest first. Never throws. */
export function runningMachines(env: NodeJS.ProcessEnv = process.env): RunningMachine[] {
  const root = runDirectoryRoot(env);
  return list(root)
    .filter((name) => name.startsWith(RUNNER_PREFIX))
    .map((name) => join(root, name))
    .filter((runner) => {
      const owner = readOwner(runner);
      return owner !== undefined && isAlive(owner);
    })
    .flatMap((runner) => list(runner).map((name) => join(runner, name)))
    .flatMap((folder) => {
      const card = readCard(folder);
      return card && (!card.qemu || isAlive(card.qemu)) ? [{ id: idOf(folder), folder, card }] : [];
    })
    .sort((a, b) => (a.card.startedAt < b.card.startedAt ? -1 : 1));
}

/** `…/runner-4fA2xY/machine-1` is `4fA2xY-1`. */
function idOf(folder: string): string {
  const runner = basename(dirname(folder)).slice(RUNNER_PREFIX.length);
  return `${runner}-${basename(folder).replace(/^machine-/, '')}`;
}

function readCard(folder: string): MachineCard | undefined {
  try {
    return MachineCard.parse(JSON.parse(readFileSync(join(folder, CARD_FILE), 'utf8')));
  } catch {
    // No machine's folder, or one that is being made or removed.
    return undefined;
  }
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
