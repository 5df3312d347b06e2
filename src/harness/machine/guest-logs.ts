/**
 * The guest's own logs, copied into the folder of the run: through ssh where that stands, else through the shell on
 * the console. What there is of them is worth more than all of them: each part has a short time, and none is missed.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GuestLogRecord } from '../report/record.ts';
import { quoted } from '../ssh/posix-word.ts';
import type { EmulatedMachine } from './emulated-machine.ts';

/** The folder of the copies, in that of the machine's consoles. */
const FOLDER = 'guest-logs';
/** For all of them, ms. */
const PATIENCE_MS = 20_000;
/** For the first word: a guest that does not give it gives nothing. */
const FIRST_WORD_MS = 5_000;
const MOST_FILES = 60;
/** The end of each is kept: bytes of a file, and lines where it has to go through a console. */
const MOST_BYTES = 512 << 10;
const MOST_LINES = 500;

/** Name and command; one that the guest has not prints nothing. */
const SPOKEN: readonly (readonly [string, string])[] = [
  ['dmesg', 'dmesg'],
  ['xl-dmesg', 'xl dmesg'],
  ['journal', 'journalctl -b --no-pager -n 5000'],
];

/** Prints what a command does. Rejects when it can't be run. */
type Ask = (command: string, timeout: number) => Promise<string>;

export class GuestLogs {
  readonly #machine: EmulatedMachine;
  readonly #folder: string;
  readonly #collected: GuestLogRecord[] = [];

  /** @param folder the machine's folder of logs */
  constructor(machine: EmulatedMachine, folder: string) {
    this.#machine = machine;
    this.#folder = folder;
  }

  /** What was collected, with names relative to the machine's folder of logs. */
  get collected(): readonly GuestLogRecord[] {
    return this.#collected;
  }

  /** Collects them, once. Never throws: what went wrong is for the run record. */
  async collect({ timeout = PATIENCE_MS }: { readonly timeout?: number } = {}): Promise<void> {
    if (this.#collected.length > 0) return;
    const until = performance.now() + timeout;
    const left = () => Math.max(0, until - performance.now());
    // A failure that is known would end each of the waits at once. There is nothing to protect from it any more.
    this.#machine.diagnosis.goBack();
    for (const through of ['ssh', 'console'] as const) {
      const ask = through === 'ssh' ? await this.#bySsh() : await this.#byConsole();
      if (!ask) continue;
      try {
        await ask(':', Math.min(FIRST_WORD_MS, left()));
        await this.#collectBy(ask, through, left);
        return;
      } catch (error) {
        this.#machine.cleanupTrouble.push(
          `logs through ${through}: ${(error as Error).message.split('\n')[0]}`,
        );
      }
    }
  }

  async #collectBy(ask: Ask, through: GuestLogRecord['through'], left: () => number): Promise<void> {
    const short = through === 'console' ? `tail -n ${MOST_LINES}` : `tail -c ${MOST_BYTES}`;
    await mkdir(join(this.#folder, FOLDER), { recursive: true });
    const keep = async (name: string, command: string) => {
      const text = await ask(command, left());
      if (text.trim() === '') return;
      // The name is the guest's.
      const file = `${FOLDER}/${name.replace(/[^A-Za-z0-9._-]+/g, '_').slice(-100)}.txt`;
      await writeFile(join(this.#folder, file), text);
      this.#collected.push({ name, file, through, bytes: Buffer.byteLength(text) });
    };
    for (const [name, command] of SPOKEN) await keep(name, `${command} 2>/dev/null | ${short}`);
    const found = await ask(`find /var/log -type f -size +0 2>/dev/null | head -n ${MOST_FILES}`, left());
    // What is packed or binary is shown by no text.
    for (const path of found.split('\n').filter((line) => line.startsWith('/var/log/')))
      if (!/\.(?:gz|xz|journal)$|\/[bwu]tmp$|\/lastlog$/.test(path))
        await keep(path.slice('/var/log/'.length), `${short} ${quoted(path)} 2>/dev/null`);
  }

  async #bySsh(): Promise<Ask | undefined> {
    const ssh = await this.#machine.sshAccess.current();
    return ssh && (async (command, timeout) => (await ssh.run(command, { timeout })).stdout);
  }

  async #byConsole(): Promise<Ask | undefined> {
    const { shells } = this.#machine;
    const shell = shells.isOpen('shell') && (await this.#machine.shell().catch(() => undefined));
    return shell ? async (command, timeout) => (await shell.run(command, { timeout })).output : undefined;
  }
}
