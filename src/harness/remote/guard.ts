/** The guard of a machine on another host, as we hold it: the machine's folder there lives as long as this does. */
import { createInterface } from 'node:readline';
import { HostError, HostSetupError } from '../../errors.ts';
import { runDelayMs } from '../qemu/run-queue.ts';
import type { QemuCost } from '../qemu/started-qemu.ts';
import { parseStat } from '../runner/process-stat.ts';
import type { SshCommand } from '../ssh/command.ts';
import { type HostConnection, unlessAborted } from './connection.ts';
import { GUARD_NAME, GUARD_SCRIPT, MARK, NEEDED, SILENCE_S } from './guard-script.ts';

/** So often it hears of us, and we of what QEMU has cost, ms. */
const BEAT_MS = 1_000;

/** Killing QEMU and removing its folder takes no longer than this, ms, unless the host is in trouble. */
const END_MS = 20_000;

export class Guard implements AsyncDisposable {
  /** Private to the machine; it and all that runs in it goes with the guard. */
  readonly folder: string;
  /** Holds pristine files, by their digests. */
  readonly cache: string;
  /** Whether /dev/kvm is there for us: it may still not work. */
  readonly mayUseKvm: boolean;
  /** What went wrong with its end. */
  readonly trouble: string[] = [];
  readonly #command: SshCommand;
  readonly #host: string;
  readonly #beats: NodeJS.Timeout;
  #watched: number | undefined;
  #cost: QemuCost = { cpuMs: 0, hostWaitMs: 0 };
  #end: Promise<void> | undefined;

  private constructor(host: string, command: SshCommand, facts: ReadonlyMap<string, string>) {
    this.#host = host;
    this.#command = command;
    this.folder = facts.get('folder') ?? '';
    this.cache = facts.get('cache') ?? '';
    this.mayUseKvm = facts.get('kvm') === 'yes';
    this.#beats = setInterval(() => this.#beat(), BEAT_MS);
    this.#beats.unref();
    command.ended.catch(() => {}).then(() => clearInterval(this.#beats));
  }

  /**
   * Starts it.
   * @throws HostSetupError when programs are missing there; HostError with its words when it can't make the folder;
   * AbortError.
   */
  static async start(
    connection: HostConnection,
    { signal }: { readonly signal?: AbortSignal | undefined } = {},
  ): Promise<Guard> {
    const { name, folder = '' } = connection.address;
    const command = await connection.start([
      ...['/bin/sh', '-c', GUARD_SCRIPT, GUARD_NAME],
      ...[folder, String(SILENCE_S)],
    ]);
    let words = '';
    command.stderr.setEncoding('utf8').on('data', (text: string) => {
      words += text;
    });
    const facts = new Map<string, string>();
    const lines = createInterface({ input: command.stdout });
    const told = new Promise<void>((resolve) => {
      lines.on('line', (line) => {
        const [, name = '', value = ''] = /^(\S+) ?(.*)$/.exec(line) ?? [];
        facts.set(name, value);
        if (name === 'kvm') resolve();
      });
      lines.once('close', () => resolve());
    });
    try {
      await unlessAborted(told, signal);
      if (facts.has('lacks')) throw lacking(name, (facts.get('lacks') as string).split(' '));
      if (!facts.has('kvm')) {
        await command.ended;
        throw new HostError('DOMES_HOST_FOLDER', `host ${name} can't keep a machine: ${words.trim()}`, {
          next: 'make room there, or name a folder that can be written to: ssh://host/folder',
        });
      }
    } catch (error) {
      await command[Symbol.asyncDispose]();
      throw error;
    }
    const guard = new Guard(name, command, facts);
    lines.removeAllListeners('line').on('line', (line) => guard.#hear(line));
    return guard;
  }

  /** How a program is started there so that it ends with the guard. */
  marked(argv: readonly string[]): string[] {
    return ['env', `${MARK}=${this.folder}`, 'LC_ALL=C', ...argv];
  }

  /** The process to be watched from now on. */
  watch(pid: number | undefined): void {
    this.#watched = pid;
    this.#cost = { cpuMs: 0, hostWaitMs: 0 };
  }

  /** What the watched process has cost, as of a second ago. */
  get cost(): QemuCost {
    return this.#cost;
  }

  /** Kills what runs in the folder and removes it. Idempotent, never throws. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#end ??= this.#finish();
    return this.#end;
  }

  async #finish(): Promise<void> {
    clearInterval(this.#beats);
    this.#command.stdin.end();
    let giveUp: NodeJS.Timeout | undefined;
    const late = new Promise<string>((resolve) => {
      giveUp = setTimeout(() => resolve('it does not answer'), END_MS);
    });
    const ended = this.#command.ended.then(
      () => undefined,
      (error: HostError) => error.summary,
    );
    const trouble = await Promise.race([ended, late]);
    clearTimeout(giveUp);
    if (trouble === undefined) return;
    this.trouble.push(`what ${this.#host} has of the machine is removed by its guard there: ${trouble}`);
  }

  #beat(): void {
    this.#command.stdin.write(`${this.#watched ?? ''}\n`);
  }

  #hear(line: string): void {
    const [, kind, text = ''] = /^(stat|thread) (.*)$/.exec(line) ?? [];
    if (kind === 'stat') this.#cost = { ...this.#cost, cpuMs: parseStat(text).cpuMs };
    if (kind === 'thread')
      this.#cost = { ...this.#cost, hostWaitMs: Math.max(this.#cost.hostWaitMs, runDelayMs(text)) };
  }
}

function lacking(host: string, programs: readonly string[]): HostSetupError {
  const packages = [...new Set(programs.map((program) => NEEDED[program]))];
  return new HostSetupError(`missing on ${host}: ${programs.join(', ')}`, {
    next: `on that host (Debian): apt-get install ${packages.join(' ')}`,
  });
}
