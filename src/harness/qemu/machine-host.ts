/** Where a machine runs: this host, or another one that is reached over ssh (src/harness/remote). */
import { join } from 'node:path';
import { usableAccelerator } from '../host/accelerator.ts';
import type { Accelerator } from '../host/accelerator-probe.ts';
import { type QemuImg, qemuImg } from './qemu-img.ts';
import { startHere } from './start-here.ts';
import type { StartQemu } from './started-qemu.ts';

export interface MachineHost extends AsyncDisposable {
  /** As a person would write it, `ssh://user@host`; `undefined` for this host. */
  readonly name?: string;
  /** A private folder there, for what the machine writes. */
  readonly folder: string;
  readonly accelerator: () => Promise<Accelerator>;
  /** Brings a pristine file of this host there, unless it is there. Answers its path there; never write to it. */
  readonly bring: (file: string, options: { readonly signal?: AbortSignal | undefined }) => Promise<string>;
  /** Where a file of this host is there, if it was brought; else its own path. */
  readonly pathOf: (file: string) => string;
  /** Has a file written there, and the file itself here, at `to`. */
  readonly collect: (to: string, write: (file: string) => Promise<void>) => Promise<void>;
  readonly qemuImg: QemuImg;
  readonly startQemu: StartQemu;
}

/** @param folder private to the machine; it is its owner's to remove. */
export function thisHost(folder: string): MachineHost {
  return {
    folder,
    accelerator: usableAccelerator,
    bring: async (file) => file,
    pathOf: (file) => file,
    collect: (to, write) => write(to),
    qemuImg,
    startQemu: startHere,
    async [Symbol.asyncDispose]() {},
  };
}

/** A file in the machine's folder on its host. */
export function fileOn({ folder }: MachineHost, name: string): string {
  return join(folder, name);
}
