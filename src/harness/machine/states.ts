/** The saved states of a machine: how it stands still, goes on in another QEMU, and goes back to where it was. */

import { z } from 'zod';
import { ScenarioError } from '../../errors.ts';
import type { Console } from '../../expect/console.ts';
import { diskNode } from '../qemu/disk-arguments.ts';
import type { QmpClient } from '../qmp/client.ts';
import type { HarnessInput } from '../report/record.ts';
import { type GoOnOptions, startFrom } from '../snapshot/go-on.ts';
import type { SavedVm } from '../snapshot/memento.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { loadFromDisks, saveInDisks } from '../snapshot/vm-jobs.ts';
import type { EmulatedMachine } from './emulated-machine.ts';

/** What `query-named-block-nodes` says of the states in a qcow2 file (qapi/block-core.json of QEMU). */
const Nodes = z.array(
  z.object({
    'node-name': z.string().optional(),
    image: z.object({ snapshots: z.array(z.object({ name: z.string() })).default([]) }),
  }),
);

interface WhileStill {
  /** Runs when the state is there, before the first instruction. */
  readonly whileStill?: () => void | Promise<void>;
}

export class MachineStates {
  /** The snapshot that the machine goes on from: its disks are layers on top of that one's. */
  base: Snapshot | undefined;
  readonly #machine: EmulatedMachine;
  readonly #savedVms: SavedVm[];
  readonly #inputs: HarnessInput[] = [];

  constructor(machine: EmulatedMachine, savedVms: readonly SavedVm[]) {
    this.#machine = machine;
    this.#savedVms = [...savedVms];
  }

  /** What was saved inside the disks so far. */
  get savedVms(): readonly SavedVm[] {
    return this.#savedVms;
  }

  /** What was typed to set the guest right after a restore. */
  get inputs(): readonly HarnessInput[] {
    return this.#inputs;
  }

  /** The first command for a shell after a restore: the guest's clock has stood still. */
  clockSetting(console: Console): string {
    const text = `date -u -s @${Math.round(Date.now() / 1000)}`;
    const why = "the guest's clock stood still while it was a saved state";
    this.#inputs.push({ console: console.name, atMs: this.#machine.clock(), text, why });
    return text;
  }

  /** Saves the machine's whole state in its disks, under a tag; it runs on. See Machine.savevm. */
  async save(tag: string): Promise<void> {
    const machine = this.#machine;
    this.refuseBusy();
    if (machine.spec.disks.length === 0)
      throw new ScenarioError(`machine "${machine.name}" has no disk to save its state in`);
    await saveInDisks(machine.qmp, machine.spec.disks, tag);
    const { shells, guests } = machine;
    this.#savedVms.push({ tag, atMs: machine.clock(), shells: shells.saved(), guests: guests.saved });
  }

  /** Goes back to a state in the disks. See Machine.loadvm. */
  async load(tag: string): Promise<void> {
    const machine = this.#machine;
    this.refuseBusy();
    await this.#refuseUnknown(tag);
    await this.retire();
    const saved = this.#savedVms.findLast((one) => one.tag === tag);
    if (saved) machine.milestones.goBack(saved.atMs);
    this.#forgetSince(saved);
    await this.#orEnd(() =>
      machine.start({ prepare: ({ qmp }) => loadFromDisks(qmp, machine.spec.disks, tag) }),
    );
  }

  /** Goes back to the checkpoint that it runs from. See Machine.startOver. */
  async startOver(whileStill: () => void | Promise<void>): Promise<void> {
    const { name, milestones } = this.#machine;
    const base = this.base;
    if (!base)
      throw new ScenarioError(`machine "${name}" runs from no checkpoint that it could start over from`, {
        next: 'take it from one: const machine = await resume(checkpoint)',
      });
    this.refuseBusy();
    await this.retire();
    const { memento } = base.record;
    milestones.goBack(memento.clockMs);
    this.#forgetSince(memento);
    await this.goOn(base, { whileStill });
  }

  /** Goes on from a snapshot in a fresh QEMU. See Machine.goOn. */
  async goOn(snapshot: Snapshot, { whileStill, ...options }: GoOnOptions & WhileStill = {}): Promise<void> {
    const { runFolder, image } = this.#machine;
    await this.#orEnd(async () => {
      const start = await startFrom(snapshot, { runFolder, image }, options);
      this.base = snapshot;
      await this.#machine.start({
        ...start,
        prepare: async (qemu) => {
          await start.prepare?.(qemu);
          await whileStill?.();
        },
      });
    });
  }

  /** What has been since then has not happened. */
  #forgetSince(saved: Pick<SavedVm, 'shells' | 'guests'> | undefined): void {
    const { diagnosis, shells, guests, sshAccess, consoles } = this.#machine;
    diagnosis.goBack();
    shells.goBack(saved?.shells ?? []);
    guests.goBack(saved?.guests ?? []);
    sshAccess.forget();
    for (const console of consoles.values()) {
      console.transcript.cut();
      console.skip();
    }
  }

  /** Starts another QEMU; where none comes, no console hears anything any more. */
  async #orEnd(start: () => Promise<void>): Promise<void> {
    try {
      await start();
    } catch (error) {
      this.#machine.endConsoles();
      throw error;
    }
  }

  /** Does something while the guest stands still; it stays so, unless that fails. */
  async whileStopped(work: (qmp: QmpClient) => Promise<void>): Promise<void> {
    const { qmp, emulation } = this.#machine;
    await qmp.execute('stop');
    emulation.stopClock();
    try {
      await work(qmp);
    } catch (error) {
      // Where QEMU is gone, there is nothing to be set going.
      await qmp.execute('cont').catch(() => {});
      emulation.runClock();
      throw error;
    }
  }

  /** Has QEMU end with all that it knows written out. Another one is to follow: the consoles do not end. */
  async retire(): Promise<void> {
    const { consoles, emulation } = this.#machine;
    emulation.stopClock();
    const drained = [...consoles.values()].map((console) => console.drain());
    await emulation.quit();
    await Promise.all(drained);
  }

  /** @throws ScenarioError while something is under way that a saved state would lose. */
  refuseBusy(): void {
    const { consoles, shells, name } = this.#machine;
    const typed = [...consoles.values()].find(({ beingTyped }) => beingTyped !== undefined);
    const why = typed ? `console "${typed.name}" is being typed at (${typed.beingTyped})` : shells.busy();
    if (why === undefined) return;
    throw new ScenarioError(`machine "${name}" can't be saved or restored now: ${why}`, {
      next: 'await that first',
    });
  }

  /** A QEMU that was ended for a state that is not there would be lost. */
  async #refuseUnknown(tag: string): Promise<void> {
    const { qmp, spec, name } = this.#machine;
    const nodes = Nodes.parse(await qmp.execute('query-named-block-nodes', { flat: true }));
    const tagsOf = (index: number) =>
      nodes.find((node) => node['node-name'] === diskNode(index))?.image.snapshots.map((one) => one.name) ??
      [];
    const all = spec.disks.map((_, index) => tagsOf(index));
    if (all.length > 0 && all.every((tags) => tags.includes(tag))) return;
    const known = all[0]?.join(', ') || 'there is none';
    throw new ScenarioError(`machine "${name}" has no saved state "${tag}" in its disks`, {
      probably: this.#savedVms.some((one) => one.tag === tag)
        ? 'it was saved before a checkpoint: what is in a frozen disk can no longer be loaded'
        : `saved states: ${known}`,
      next: `save one first: await machine.savevm('${tag}')`,
    });
  }
}
