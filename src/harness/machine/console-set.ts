/** All consoles of a machine, with their logs and the endpoints by which a person can attach to them. */
import { join } from 'node:path';
import { ScenarioError } from '../../errors.ts';
import type { Console } from '../../expect/console.ts';
import { ConsoleBroker } from '../console/broker.ts';
import { FileConsole } from '../console/file-console.ts';
import { ConsoleLog } from '../console/log-files.ts';
import { loggedWire } from '../console/logged-wire.ts';
import { type ConsolePorts, FIRMWARE_CONSOLE } from '../console/port.ts';
import { socketWire } from '../console/socket-wire.ts';
import type { QemuProcess } from '../qemu/process.ts';
import type { MachineSpec } from '../qemu/spec.ts';
import type { Past } from '../snapshot/memento.ts';
import { type ConsoleParts, machineConsole } from './machine-console.ts';

/** What is not of one console alone. */
export interface ConsoleSetParts {
  readonly logFolder: string;
  readonly past: Past | undefined;
  readonly shared: (name: string) => Omit<ConsoleParts, 'role' | 'log' | 'past'>;
}

export class ConsoleSet implements AsyncDisposable {
  /** By name. */
  readonly all: ReadonlyMap<string, Console>;
  readonly logs: ReadonlyMap<string, ConsoleLog>;
  readonly #machine: string;
  readonly #ports: ConsolePorts;
  readonly #brokers: ConsoleBroker[] = [];

  constructor({ name: machine, consoles }: MachineSpec, { logFolder, past, shared }: ConsoleSetParts) {
    this.#machine = machine;
    this.#ports = consoles;
    const all = new Map<string, Console>();
    const logs = new Map<string, ConsoleLog>();
    const ports = { [FIRMWARE_CONSOLE]: { role: 'firmware' as const }, ...consoles };
    for (const [name, { role }] of Object.entries(ports)) {
      const log = new ConsoleLog(logFolder, name);
      logs.set(name, log);
      all.set(name, machineConsole(name, { role, log, past, ...shared(name) }));
    }
    this.all = all;
    this.logs = logs;
  }

  /** @throws ScenarioError for an unknown name. */
  get(name: string): Console {
    const console = this.all.get(name);
    if (console) return console;
    throw new ScenarioError(`machine "${this.#machine}" has no console "${name}"`, {
      next: `its consoles are: ${[...this.all.keys()].join(', ')}`,
    });
  }

  /** Lets persons attach, at `NAME.sock` in a private folder; once. @throws HostError as ConsoleBroker.open does. */
  async offer(folder: string | undefined): Promise<void> {
    if (folder === undefined || this.#brokers.length > 0) return;
    for (const [name, console] of this.all)
      this.#brokers.push(await ConsoleBroker.open(console, join(folder, `${name}.sock`)));
  }

  /** Connects every console to a QEMU. */
  connect({ pid, consoles, exited }: QemuProcess): void {
    for (const [name, console] of this.all) {
      const socket = consoles.get(name);
      if (!socket) continue;
      // Of a process on another host, and of one whose consoles are files, the log is this process's own or the console.
      const isLogged = pid !== undefined && !(socket instanceof FileConsole) && this.#losesBytes(name);
      const log = this.logs.get(name) as ConsoleLog;
      console.attach(isLogged ? loggedWire(socket, log.rawFile, exited) : socketWire(socket, exited));
    }
  }

  /** A virtio terminal drops what it can't get rid of at once. */
  #losesBytes(name: string): boolean {
    return this.#ports[name]?.port.startsWith('virtio') ?? false;
  }

  /** Nothing comes any more, and no QEMU follows: every wait ends. */
  end(): void {
    for (const console of this.all.values()) console.end();
  }

  /** Why logs are not complete (a full disk, most likely); QEMU's own may have more. */
  get trouble(): string[] {
    return [...this.logs.values()].flatMap(({ trouble }) => (trouble === undefined ? [] : [trouble]));
  }

  /** Idempotent, never throws. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.end();
    for (const broker of this.#brokers) await broker[Symbol.asyncDispose]();
    for (const log of this.logs.values()) log[Symbol.dispose]();
  }
}
