/**
 * Pictures of a machine's screen, as PNG files in the folder of its logs. The consoles are text; this is what a person
 * in front of it would see.
 */
import { mkdir, rename, rm } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { ScenarioError } from '../../errors.ts';
import { openEndpoint } from '../console/endpoint.ts';
import type { MachineHost } from '../qemu/machine-host.ts';
import type { ScreenshotRecord } from '../report/record.ts';
import type { EmulatedMachine } from './emulated-machine.ts';

type Collect = MachineHost['collect'];

/** The folder of the pictures, in that of the machine's consoles. */
const FOLDER = 'screenshots';

/** A QEMU that answers nothing must not hold up the end of a test, ms. */
const PATIENCE_MS = 5_000;

/** In the machine's private folder: whoever connects gets a picture, and a line of JSON that says where it is. */
export const SCREEN_SOCKET = 'screen.sock';

export type ScreenReply = { readonly file: string } | { readonly error: string };

export class Screenshots implements AsyncDisposable {
  readonly #machine: EmulatedMachine;
  readonly #folder: string;
  readonly #collect: Collect;
  readonly #taken: ScreenshotRecord[] = [];
  #count = 0;
  #atFailure: Promise<void> | undefined;
  #endpoint: AsyncDisposable | undefined;

  /**
   * @param folder the machine's folder of logs
   * @param collect where the machine runs; default: on this host
   */
  constructor(machine: EmulatedMachine, folder: string, collect: Collect = (to, write) => write(to)) {
    this.#machine = machine;
    this.#folder = folder;
    this.#collect = collect;
  }

  /** In their order, with names relative to the machine's folder of logs. */
  get taken(): readonly ScreenshotRecord[] {
    return this.#taken;
  }

  /** Takes one. Returns its file; see Machine.screenshot. */
  async take(name: string): Promise<string> {
    const { spec, qmp, clock } = this.#machine;
    if (spec.display === 'none')
      throw new ScenarioError(`machine "${spec.name}" has no screen to take a picture of`, {
        next: "launch it with machine: { display: 'vga' }",
      });
    const plain = name.replace(/[^A-Za-z0-9._-]+/g, '-').slice(0, 60);
    const file = `${FOLDER}/${++this.#count}-${plain}.png`;
    const path = join(this.#folder, file);
    const half = `${path}.tmp`;
    await mkdir(join(this.#folder, FOLDER), { recursive: true });
    const atMs = clock();
    try {
      // QEMU writes the file itself (qapi/ui.json); PNG is there since 7.1, where it was built with libpng.
      await this.#collect(half, async (filename) => {
        await qmp.execute('screendump', { filename, format: 'png' });
      });
      await rename(half, path);
    } catch (error) {
      await rm(half, { force: true });
      throw error;
    }
    this.#taken.push({ file, atMs, name });
    return path;
  }

  /**
   * Lets other processes of this user ask for pictures, where there is a screen; once.
   * @throws HostError as openEndpoint does.
   */
  async offer(folder: string | undefined): Promise<void> {
    if (folder === undefined || this.#endpoint || this.#machine.spec.display === 'none') return;
    this.#endpoint = await openEndpoint(join(folder, SCREEN_SOCKET), (client) => void this.#serve(client));
  }

  /** Nobody can ask any more. Idempotent, never throws. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#endpoint?.[Symbol.asyncDispose]();
  }

  /** The test has failed: takes one, once, where there is a screen. Never throws. */
  takeAtFailure(): Promise<void> {
    this.#atFailure ??= this.#takeIfThere();
    return this.#atFailure;
  }

  async #serve(client: Socket): Promise<void> {
    client.on('error', () => {});
    const reply: ScreenReply = await this.take('by hand').then(
      (file) => ({ file }),
      ({ message }: Error) => ({ error: message.split('\n', 1)[0] as string }),
    );
    client.end(`${JSON.stringify(reply)}\n`);
  }

  async #takeIfThere(): Promise<void> {
    const { spec, emulation, cleanupTrouble } = this.#machine;
    if (spec.display === 'none') return;
    if (emulation.departure) cleanupTrouble.push('no screenshot at the failure: QEMU had ended by then');
    if (emulation.exit) return;
    let giveUp: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      giveUp = setTimeout(() => reject(new Error('QEMU does not answer')), PATIENCE_MS);
    });
    try {
      await Promise.race([this.take('failure'), late]);
    } catch (error) {
      cleanupTrouble.push(`screenshot at the failure: ${(error as Error).message.split('\n')[0]}`);
    }
    clearTimeout(giveUp);
  }
}
