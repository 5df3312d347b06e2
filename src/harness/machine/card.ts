/**
 * The card of a running machine: `machine.json` in its private folder, from which other processes learn that it is
 * there and how to get in (`npx domes ps`, `npx domes attach`). It goes with the folder.
 */
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { ConsoleRole, FIRMWARE_CONSOLE } from '../console/port.ts';
import type { MachineHost } from '../qemu/machine-host.ts';
import type { QemuProcess } from '../qemu/process.ts';
import { loginVariables } from '../remote/end-machine.ts';
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
  /** `guest`: the name of the guest that has it now. */
  consoles: z.array(z.object({ name: z.string(), role: ConsoleRole, guest: z.string().optional() })),
  /** It has a screen that pictures can be taken of. */
  screen: z.literal(true).optional(),
  /** Of a machine of this host. */
  qemu: ProcessIdentity.optional(),
  /** The other host that it runs on. */
  host: z.string().optional(),
  /** Its folder on that host, and how its runner logs in there (FarMachine). */
  there: z.object({ folder: z.string(), login: z.record(z.string(), z.string()) }).optional(),
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

interface AboutMachine extends Pick<MachineCard, 'scenario' | 'logs'> {
  /** Where it runs. */
  readonly host: MachineHost | undefined;
}

export class CardFile {
  readonly #machine: EmulatedMachine;
  readonly #about: Pick<MachineCard, 'scenario' | 'logs' | 'host' | 'there'>;
  #paused: string | undefined;

  constructor(machine: EmulatedMachine, { host, ...about }: AboutMachine) {
    this.#machine = machine;
    const far = host?.name !== undefined && {
      host: host.name,
      there: { folder: host.folder, login: loginVariables() },
    };
    this.#about = { ...about, ...far };
    machine.milestones.onNoted(() => this.write());
    machine.guests.onChange(() => this.write());
  }

  set paused(why: string | undefined) {
    this.#paused = why;
    this.write();
  }

  /** Of a QEMU that has just been started, until it has ended. */
  follow({ exited }: Pick<QemuProcess, 'exited'>): void {
    this.write();
    void exited.then(() => this.write());
  }

  /**
   * Writes what is so now; one whose QEMU is gone has no card, for no other process could see that of another host.
   * Never throws: a machine that nobody sees is still a machine.
   */
  write(): void {
    const { runFolder } = this.#machine;
    if (runFolder === undefined) return;
    try {
      const card = this.#now();
      if (card) writeWholeFile(join(runFolder, CARD_FILE), JSON.stringify(card));
      else rmSync(join(runFolder, CARD_FILE), { force: true });
    } catch {}
  }

  #now(): MachineCard | undefined {
    const { name, image, spec, emulation, guests, milestones, restoredFrom } = this.#machine;
    if (emulation.exit) return undefined;
    const { pid } = emulation.qemu;
    const qemu = pid === undefined ? undefined : identify(pid);
    // Gone already.
    if (pid !== undefined && !qemu) return undefined;
    const latest = milestones.list().at(-1);
    const guestOn = new Map(guests.saved.map(({ console, guest }) => [console, guest]));
    const ports = { [FIRMWARE_CONSOLE]: { role: 'firmware' as const }, ...spec.consoles };
    return {
      ...{ schema: 1, name, accelerator: spec.accelerator, ...this.#about },
      ...(qemu && { qemu }),
      ...(image && { image: image.name }),
      ...(spec.display !== 'none' && { screen: true as const }),
      startedAt: new Date(emulation.startedAt).toISOString(),
      ...(restoredFrom && { restoredFrom: restoredFrom.name }),
      ...(latest && { milestone: { name: latest.name, atMs: latest.atMs } }),
      consoles: Object.entries(ports).map(([console, { role }]) => {
        const guest = guestOn.get(console);
        return { name: console, role, ...(guest !== undefined && { guest }) };
      }),
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

/** Takes the card away of a machine that has been ended while its runner, whose task this is, may hang. */
export function removeCard({ folder }: RunningMachine): void {
  rmSync(join(folder, CARD_FILE), { force: true });
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
