/**
 * One run of one scenario test: it owns every machine that the test launches, and keeps the record. A timed-out
 * test function is abandoned by Vitest and never gets to its `await using`, so the owner is here.
 */
import { mkdirSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join, relative } from 'node:path';
import { type Launched, type LaunchOptions, launchMachine } from '../machine/launch.ts';
import type { Machine, MachineContext } from '../machine/machine.ts';
import { machineRecord } from '../machine/machine-record.ts';
import type { ScenarioRecord } from '../report/record.ts';

export interface ScenarioPlace {
  /** The run's folder, absolute. */
  readonly runFolder: string;
  /** This test's folder, relative to it. */
  readonly testFolder: string;
}

export interface ScenarioLimits {
  readonly signal: AbortSignal;
  /** `performance.now()` at which Vitest gives up on the test. */
  readonly endsAt: number;
}

/** Waits end this long before Vitest's own timeout, so that the message is ours. */
const MARGIN_MS = 2_000;

export class ScenarioRun implements AsyncDisposable {
  readonly record: ScenarioRecord;
  readonly #place: ScenarioPlace;
  readonly #limits: ScenarioLimits;
  readonly #launched: { readonly one: Launched; readonly folder: string }[] = [];
  readonly #cpuBefore = process.cpuUsage();
  readonly #abort: () => void;

  constructor(place: ScenarioPlace, limits: ScenarioLimits) {
    this.#place = place;
    this.#limits = limits;
    this.record = {
      schema: 1,
      folder: relative(process.cwd(), join(place.runFolder, place.testFolder)),
      machines: [],
      host: {
        cpus: cpus().length,
        loadBefore: loadavg()[0] ?? 0,
        loadAfter: 0,
        harnessCpuMs: 0,
        node: process.version,
      },
    };
    // Vitest aborts on its timeout, on Ctrl-C and on --bail: the machines go at once, whatever the test does.
    this.#abort = () => void this[Symbol.asyncDispose]();
    limits.signal.addEventListener('abort', this.#abort, { once: true });
  }

  /** Launches a machine that ends with the test at the latest. */
  readonly launch = async (image: string, options: LaunchOptions = {}): Promise<Machine> => {
    const name = options.machine?.name ?? image;
    const folder = this.#machineFolder(name);
    const path = join(this.#place.runFolder, folder);
    mkdirSync(path, { recursive: true });
    const context: MachineContext = {
      logFolder: path,
      logFolderShown: relative(process.cwd(), path),
      signal: this.#limits.signal,
      remainingMs: () => Math.max(0, this.#limits.endsAt - MARGIN_MS - performance.now()),
    };
    const one = await launchMachine(image, context, options);
    this.#launched.push({ one, folder });
    if (this.#limits.signal.aborted) await one[Symbol.asyncDispose]();
    return one.machine;
  };

  /** Ends every machine and completes the record. Idempotent, never throws. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#limits.signal.removeEventListener('abort', this.#abort);
    this.#complete();
    const trouble = await Promise.all(
      this.#launched.map(({ one }) =>
        one[Symbol.asyncDispose]().then(
          () => [],
          (error: Error) => [error.message],
        ),
      ),
    );
    this.#complete(trouble);
  }

  #complete(trouble: string[][] = []): void {
    const { user, system } = process.cpuUsage(this.#cpuBefore);
    this.record.host.harnessCpuMs = (user + system) / 1000;
    this.record.host.loadAfter = loadavg()[0] ?? 0;
    this.record.machines = this.#launched.map(({ one: { machine, image }, folder }, index) =>
      machineRecord(machine, image, folder, trouble[index] ?? []),
    );
  }

  /** The first machine's logs are in the test's folder itself, a second one's in a folder of their own. */
  #machineFolder(name: string): string {
    const { testFolder } = this.#place;
    return this.#launched.length === 0 ? testFolder : `${testFolder}/${name}-${this.#launched.length + 1}`;
  }
}
