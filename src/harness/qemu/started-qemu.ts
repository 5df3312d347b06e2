/** A QEMU process that was started, here or on another host: its streams, its end, and how to end it. */
import type { Duplex } from 'node:stream';
import type { RamFile } from './argv.ts';
import type { Recording } from './recording.ts';
import type { MachineSpec } from './spec.ts';

/** A saved state to start from, and where the guest's memory is. */
export interface QemuState {
  readonly ram?: RamFile | undefined;
  /** File with the state of the devices, which `migrate-incoming` then reads from `incomingUri`. */
  readonly deviceState?: string | undefined;
  /** Of a machine of determinism `recorded`. */
  readonly recording?: Recording | undefined;
}

export interface QemuStartOptions extends QemuState {
  readonly signal?: AbortSignal | undefined;
  /** This end of the cable to the network process; it belongs to whoever starts QEMU from then on. */
  readonly cable?: Duplex | undefined;
}

export interface QemuExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Why nobody knows more: the connection to its host is gone. It has ended by that. */
  readonly lost?: string;
}

/** What it has cost so far. */
export interface QemuCost {
  /** CPU time, user and system, ms. */
  readonly cpuMs: number;
  /** How long its host kept it waiting for a processor, ms. */
  readonly hostWaitMs: number;
}

export interface StartedQemu {
  readonly argv: readonly string[];
  /** Of a process of this host. */
  readonly pid?: number;
  readonly qmp: Duplex;
  /** By name, the firmware console included. */
  readonly consoles: ReadonlyMap<string, Duplex>;
  /** For `migrate-incoming`, of one that was started from a saved state. */
  readonly incomingUri?: string | undefined;
  /** Resolves when the process has ended and all that it wrote is here; never rejects. */
  readonly exited: Promise<QemuExit>;
  /** The end of its standard error so far. */
  stderr(): string;
  /** What it has cost so far, as far as that is known; nothing is known of one that has ended. */
  cost(): QemuCost;
  /** Ends it by force. Never throws, and may be called again. */
  kill(): void;
  /** Closes this side of its streams. */
  close(): void;
}

/**
 * Starts QEMU; its monitor may not answer yet.
 * @param logFile where the raw bytes of a console are to be kept.
 * @throws HostError when the host refuses to; ScenarioError for what it can't do.
 */
export type StartQemu = (
  spec: MachineSpec,
  logFile: (console: string) => string,
  options: QemuStartOptions,
) => Promise<StartedQemu>;
