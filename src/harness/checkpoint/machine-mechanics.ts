/** The mechanics of real machines: launched from an image, saved and restored as QEMU's snapshots. */
import { join } from 'node:path';
import { HostError } from '../../errors.ts';
import { isDiskFull } from '../image/disk-space.ts';
import type { Image } from '../image/image.ts';
import type { ImageHome } from '../image/image-home.ts';
import { servedBy } from '../machine/described.ts';
import { type Launched, launchMachine } from '../machine/launch.ts';
import type { MachineContext } from '../machine/machine.ts';
import { restoreSnapshot } from '../snapshot/restore-snapshot.ts';
import { takeSnapshot } from '../snapshot/take-snapshot.ts';
import type { Mechanics, Saved } from './mechanics.ts';
import { type Root, rootImage } from './plan.ts';
import { type ScratchFolder, scratchFolder } from './store/store-folder.ts';

/** What the owner of machines gives. */
export interface MachineHost {
  readonly home: ImageHome;
  readonly signal?: AbortSignal | undefined;
  /** Makes room for a machine's logs and starts it there; the owner ends it at the latest. */
  readonly start: (start: (context: MachineContext) => Promise<Launched>) => Promise<Launched>;
}

/** A machine, and the files of its RAM, which are on the store's file system: a template takes one over by a rename. */
export class StoredMachine implements AsyncDisposable {
  readonly launched: Launched;
  readonly #folders: ScratchFolder[];

  constructor(launched: Launched, folder: ScratchFolder | undefined) {
    this.launched = launched;
    this.#folders = folder ? [folder] : [];
  }

  owns(folder: ScratchFolder): void {
    this.#folders.push(folder);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.launched[Symbol.asyncDispose]();
    } finally {
      for (const folder of this.#folders) await folder[Symbol.asyncDispose]();
    }
  }
}

/**
 * @param name of the machine, launched or restored.
 * @param image what the chain starts from, where the caller has found it already.
 */
export function machineMechanics(
  root: Root,
  host: MachineHost,
  { name, image: known }: { readonly name: string; readonly image?: Image },
): Mechanics<StoredMachine> {
  const start = async (
    forTemplate: boolean,
    begin: (context: MachineContext, ramFile: string | undefined) => Promise<Launched>,
  ) => {
    const folder = forTemplate ? await scratchFolder(host.home) : undefined;
    try {
      const launched = await host.start((context) => begin(context, folder && ramFileIn(folder)));
      return new StoredMachine(launched, folder);
    } catch (error) {
      await folder?.[Symbol.asyncDispose]();
      throw error;
    }
  };

  return {
    launch: (forTemplate) => {
      const machine = { ...root.launch.machine, name };
      return start(forTemplate, (context, ramFile) =>
        launchMachine(
          root.image,
          { ...context, ...(ramFile !== undefined && { ramFile }) },
          { ...root.launch, machine },
        ),
      );
    },

    restore: (folder, label, forTemplate) =>
      start(forTemplate, async (context, ramFile) => {
        const image = known ?? (await rootImage(root));
        // As at the launch: a web server has no state of its own to be saved.
        const served = servedBy(image, root.launch);
        return restoreSnapshot(
          folder,
          { ...context, served },
          { ...{ label, name, image }, ...(ramFile !== undefined && { ramFile }) },
        );
      }),

    async save(stored, folder, { kind, forTemplate }): Promise<Saved | string> {
      const { machine } = stored.launched;
      const { signal } = host;
      const taken = await takeSnapshot(machine, folder, { kind }).catch((error: Error) => error);
      if (taken instanceof Error) {
        // What QEMU or the disk refuses costs the checkpoint, not the run; a machine that is gone does.
        const goesOn = taken instanceof HostError && !signal?.aborted && isRunning(stored);
        if (goesOn) return taken.summary;
        throw isDiskFull(taken) ? diskFull(folder, taken) : taken;
      }
      const ram = forTemplate ? await scratchFolder(host.home) : undefined;
      if (ram) stored.owns(ram);
      await machine.goOn(taken, ram ? { ramFile: ramFileIn(ram) } : {});
      return taken;
    },
  };
}

function isRunning({ launched: { machine } }: StoredMachine): boolean {
  return machine.emulation.exit === undefined;
}

function diskFull(folder: string, cause: Error): HostError {
  return new HostError(
    'DOMES_CHECKPOINT_STORE',
    `the disk is full: the machine could not be saved in ${folder}`,
    { next: 'npx domes checkpoints prune, set DOMES_CACHE to a larger disk, or set DOMES_CHECKPOINTS=off' },
    { cause },
  );
}

function ramFileIn({ path }: ScratchFolder): string {
  return join(path, 'ram');
}
