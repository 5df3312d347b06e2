/** What the way to a checkpoint needs of machines: how they are launched, saved and restored. */
import type { SnapshotKind } from './key.ts';

/** What was saved; it is in the folder that was asked for, until it is moved. */
export interface Saved {
  moveTo(folder: string): Promise<void>;
}

export interface Mechanics<M> {
  /** Launches the machine that the chain starts with. @param forTemplate it will be saved as a template. */
  launch(forTemplate: boolean): Promise<M>;
  /**
   * A machine as it was saved.
   * @param label what the checkpoint is called.
   */
  restore(folder: string, label: string, forTemplate: boolean): Promise<M>;
  /**
   * Saves into an empty folder. Afterwards the machine goes on from what was saved, which proves it.
   * @returns why it was not saved, where the machine goes on all the same. @throws where it can't.
   */
  save(
    machine: M,
    folder: string,
    options: { readonly kind: SnapshotKind; readonly forTemplate: boolean },
  ): Promise<Saved | string>;
}
