/** Pictures of a machine's screen, as PNG files in the folder of its logs. The consoles are text; this is what a person in front of it would see. */
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ScenarioError } from '../../errors.ts';
import type { MachineHost } from '../qemu/machine-host.ts';
import type { ScreenshotRecord } from '../report/record.ts';
import type { Machine } from './machine.ts';

type Collect = MachineHost['collect'];

/** The folder of the pictures, in that of the machine's consoles. */
const FOLDER = 'screenshots';

/** A QEMU that answers nothing must not hold up the end of a test, ms. */
const PATIENCE_MS = 5_000;

export class Screenshots {
  readonly #machine: Machine;
  readonly #folder: string;
  readonly #collect: Collect;
  readonly #taken: ScreenshotRecord[] = [];
  #count = 0;
  #atFailure: Promise<void> | undefined;

  /**
   * @param folder the machine's folder of logs
   * @param collect where the machine runs; default: on this host
   */
  constructor(machine: Machine, folder: string, collect: Collect = (to, write) => write(to)) {
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

  /** The test has failed: takes one, once, where there is a screen. Never throws. */
  takeAtFailure(): Promise<void> {
    this.#atFailure ??= this.#takeIfThere();
    return this.#atFailure;
  }

  async #takeIfThere(): Promise<void> {
    const { spec, emulation, cleanupTrouble } = this.#machine;
    if (spec.display === 'none' || emulation.exit) return;
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
