/** A QEMU on another host, as the process that it is there. */
import { createInterface } from 'node:readline';
import type { QemuCost, QemuExit } from '../qemu/started-qemu.ts';
import type { SshCommand } from '../ssh/command.ts';
import type { HostConnection } from './connection.ts';
import type { Guard } from './guard.ts';

/** So much of QEMU's standard error is kept. */
const STDERR_CHARACTERS = 8_192;

export class FarProcess {
  /** Resolves when it has ended, and what it wrote on its standard error is here; never rejects. */
  readonly ended: Promise<QemuExit>;
  /** Its number there, as soon as it is known; `undefined` when it has ended before that. */
  readonly pid: Promise<number | undefined>;
  readonly #connection: HostConnection;
  readonly #guard: Guard;
  #pid: number | undefined;
  #isKilled = false;
  #isOver = false;
  #stderr = '';

  /** @param command prints its process's number and becomes QEMU */
  constructor(command: SshCommand, connection: HostConnection, guard: Guard) {
    this.#connection = connection;
    this.#guard = guard;
    command.stdin.end();
    command.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-STDERR_CHARACTERS);
    });
    const lines = createInterface({ input: command.stdout });
    lines.on('line', (line) => this.#runsAs(Number(line)));
    this.pid = new Promise((resolve) => {
      lines.once('line', (line) => resolve(Number(line)));
      lines.once('close', () => resolve(undefined));
    });
    this.ended = command.ended.then(
      ({ exitStatus, signal }): QemuExit =>
        signal === undefined
          ? { code: exitStatus, signal: null }
          : { code: null, signal: signal as NodeJS.Signals },
      () => this.#lost(),
    );
    void this.ended.then(() => {
      this.#isOver = true;
      guard.watch(undefined);
    });
  }

  get stderr(): string {
    return this.#stderr;
  }

  get cost(): QemuCost {
    return this.#guard.cost;
  }

  /** By force. */
  kill(): void {
    if (this.#isOver) return;
    this.#isKilled = true;
    if (this.#pid === undefined) return;
    const kill = ['/bin/sh', '-c', 'kill -KILL "$1"', 'sh', String(this.#pid)];
    // It may have ended meanwhile, or the connection has, by which it ends too.
    void this.#connection.run(kill).catch(() => {});
  }

  #runsAs(pid: number): void {
    this.#pid = pid;
    this.#guard.watch(pid);
    if (this.#isKilled) this.kill();
  }

  #lost(): QemuExit {
    const { whyGone } = this.#connection;
    return {
      code: null,
      ...(whyGone === undefined ? { signal: 'SIGKILL' } : { signal: null, lost: whyGone }),
    };
  }
}
