/** What a machine is given: by its owner, and for a start. */
import type { WaitOptions } from '../../expect/console.ts';
import type { Image } from '../image/image.ts';
import type { Served } from '../network/served-tree.ts';
import type { ReplayState } from '../qemu/determinism.ts';
import type { MachineHost } from '../qemu/machine-host.ts';
import type { QemuProcess, QemuState } from '../qemu/process.ts';
import type { Disk } from '../qemu/spec.ts';
import type { Machine } from './machine.ts';

/** How a machine is replayed instead of run. */
export interface ReplayContext {
  /** File that QEMU reads. */
  readonly recording: string;
  /** Where its states are saved to, or what state it begins with. */
  readonly state?: ReplayState | undefined;
  /** Called before its QEMU is started. */
  readonly watch: (machine: Machine) => void;
  /** Runs while it stands still before its first instruction. */
  readonly prepare: (qemu: QemuProcess) => Promise<void>;
}

/** What the machine's owner gives it: the test that it runs in. */
export interface MachineContext {
  /** Existing folder for the console logs. */
  readonly logFolder: string;
  /** The same as a person would write it, for messages. */
  readonly logFolderShown: string;
  /** Private folder for the sockets by which a person can attach to a console, `NAME.sock`, and for its disks. */
  readonly runFolder?: string;
  /** Where it runs; without it, on this host. */
  readonly host?: MachineHost;
  /** The image that it was made from. */
  readonly image?: Image;
  /** A file that is not there yet, to hold the guest's memory: for a machine that is to be saved as a template. */
  readonly ramFile?: string;
  /** What the machine's web server serves, where it has a network; what the image serves unless it is said. */
  readonly served?: readonly Served[];
  /** Records a machine whose scenario does not say how it is to run: who wants that, `DOMES_RECORD=on-failure`. */
  readonly recordedBy?: string | undefined;
  /** The test that it runs for. */
  readonly scenario?: { readonly file: string; readonly test: string };
  /** Told, in words, when it has to wait for a place on a host, or for what is sent there. */
  readonly onWait?: (why: string) => void;
  /** Keeps a machine for a person (Machine.pause). */
  readonly pause?: (machine: Machine, why: string) => Promise<void>;
  /** For a machine that is a replay. */
  readonly replay?: ReplayContext;
  readonly signal?: AbortSignal;
  /** What is left of the test, ms. */
  readonly remainingMs?: () => number;
}

export interface ReachOptions extends WaitOptions {
  /**
   * Allowed time since QEMU's start, ms, without what a busy host held QEMU back; of a machine that the scenario has made
   * `pinned` or `recorded`, of the guest's own time. Not checked where DOMES_RECORD alone has the machine recorded.
   */
  readonly budget?: number;
}

/** How a QEMU is started, where it is not by powering on. */
export interface StartOptions extends QemuState {
  /** Its disks from now on. */
  readonly disks?: readonly Disk[];
  /** Runs while it stands still. */
  readonly prepare?: (qemu: QemuProcess) => Promise<void>;
}
