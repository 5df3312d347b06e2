/**
 * One run of one scenario test: it owns every machine that the test launches, and keeps the record. A timed-out
 * test function is abandoned by Vitest and never gets to its `await using`, so the owner is here.
 */
import { mkdirSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join, relative } from 'node:path';
import { AbortError } from '../../errors.ts';
import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import { checkpointMode } from '../checkpoint/mode.ts';
import { rootOf } from '../checkpoint/plan.ts';
import { resumeMachine } from '../checkpoint/resume.ts';
import { defaultHome } from '../image/image-home.ts';
import { type Launched, type LaunchOptions, launchMachine } from '../machine/launch.ts';
import type { Machine, MachineContext } from '../machine/machine.ts';
import { machineRecord } from '../machine/machine-record.ts';
import type { CheckpointRecord, ScenarioRecord } from '../report/record.ts';
import { disposeAtWorkerEnd } from '../runner/worker-end.ts';

export interface ScenarioPlace {
  /** The run's folder, absolute. */
  readonly runFolder: string;
  /** This test's folder, relative to it. */
  readonly testFolder: string;
  /** The run of Vitest. */
  readonly run: string;
}

export interface ResumeOptions {
  /** The machine's name; default: its image's. Forks of one checkpoint are told apart by it. */
  readonly name?: string;
}

export interface ScenarioLimits {
  readonly signal: AbortSignal;
  /** `performance.now()` at which Vitest gives up on the test. */
  readonly endsAt: number;
}

/** Waits end this long before Vitest's own timeout, so that the message is ours. */
const MARGIN_MS = 2_000;

interface OwnMachine {
  readonly one: Launched;
  /** Where its logs are, relative to the run's folder. */
  readonly folder: string;
  readonly trouble: string[];
}

export class ScenarioRun implements AsyncDisposable {
  readonly record: ScenarioRecord;
  readonly #place: ScenarioPlace;
  readonly #limits: ScenarioLimits;
  readonly #machines: OwnMachine[] = [];
  readonly #launching = new Set<Promise<unknown>>();
  /** What keeps the files that machines run from. */
  readonly #arrivals: AsyncDisposable[] = [];
  /** Ends what the test left running: waits, launches. */
  readonly #ending = new AbortController();
  readonly #signal: AbortSignal;
  readonly #cpuBefore = process.cpuUsage();
  readonly #stopListening: () => void;
  #launches = 0;
  #disposal: Promise<void> | undefined;

  constructor(place: ScenarioPlace, limits: ScenarioLimits) {
    this.#place = place;
    this.#limits = limits;
    this.#signal = AbortSignal.any([limits.signal, this.#ending.signal]);
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
    const abort = () => void this[Symbol.asyncDispose]();
    limits.signal.addEventListener('abort', abort, { once: true });
    const forget = disposeAtWorkerEnd(this);
    this.#stopListening = () => {
      limits.signal.removeEventListener('abort', abort);
      forget();
    };
  }

  /**
   * Launches a machine that ends with the test at the latest.
   * @throws AbortError when the test has ended already, its function abandoned; else as launchMachine does.
   */
  readonly launch = async (image: string, options: LaunchOptions = {}): Promise<Machine> => {
    // Awaited here and by nobody else, so that an error's stack goes on to the scenario's line.
    const { machine } = await this.#tracked(
      this.#start(options.machine?.name ?? image, (context) => launchMachine(image, context, options)),
    );
    return machine;
  };

  /**
   * A machine at a checkpoint, which ends with the test at the latest: restored as far as it is stored, the rest of
   * the steps executed.
   * @throws AbortError when the test has ended already; else as resumeMachine does.
   */
  readonly resume = async (wanted: Checkpoint, { name }: ResumeOptions = {}): Promise<Machine> => {
    const { image, launch } = rootOf(wanted);
    const shown = name ?? launch.machine?.name ?? image;
    const host = {
      ...{ home: defaultHome(), run: this.#place.run, signal: this.#signal },
      start: (begin: (context: MachineContext) => Promise<Launched>) => this.#start(shown, begin),
      noteStep: (step: Omit<CheckpointRecord, 'machine'>) => {
        this.record.checkpoints = [...(this.record.checkpoints ?? []), { ...step, machine: shown }];
      },
      say: (sentence: string) => console.info(`domes: ${sentence}`),
    };
    const arrival = await this.#tracked(resumeMachine(wanted, host, { mode: checkpointMode(), name: shown }));
    this.#arrivals.push(arrival);
    return arrival.machine.launched.machine;
  };

  /** The test has failed: collects the logs of the guests that were reached by ssh. Never throws. */
  async collectLogs(): Promise<void> {
    if (this.#signal.aborted) return;
    const reached = this.#machines.filter(({ one }) => one.machine.sshAccess.wasUsed);
    await Promise.all(reached.map(({ one }) => one.machine.guestLogs.collect()));
  }

  /** Ends every machine and completes the record. Idempotent, never throws. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#disposal ??= this.#end();
    return this.#disposal;
  }

  /** Remembers what is under way, so that the end of the test waits for it. */
  async #tracked<T>(work: Promise<T>): Promise<T> {
    this.#launching.add(work);
    try {
      return await work;
    } finally {
      this.#launching.delete(work);
    }
  }

  /** Starts a machine with logs of its own; from then on the test owns it. */
  async #start(name: string, start: (context: MachineContext) => Promise<Launched>): Promise<Launched> {
    if (this.#signal.aborted)
      throw new AbortError(
        `the test has ended: it can't launch ${name} any more`,
        {},
        { cause: this.#signal.reason },
      );
    const folder = this.#machineFolder(name);
    const path = join(this.#place.runFolder, folder);
    mkdirSync(path, { recursive: true });
    const one = await start({
      logFolder: path,
      logFolderShown: relative(process.cwd(), path),
      signal: this.#signal,
      remainingMs: () => Math.max(0, this.#limits.endsAt - MARGIN_MS - performance.now()),
    });
    this.#machines.push({ one, folder, trouble: [] });
    return one;
  }

  async #end(): Promise<void> {
    this.#complete();
    this.#ending.abort();
    // Those that were ready before the end, then those that became ready in spite of it.
    await this.#endMachines();
    await Promise.allSettled(this.#launching);
    await this.#endMachines();
    await Promise.allSettled(this.#arrivals.map((arrival) => arrival[Symbol.asyncDispose]()));
    this.#stopListening();
    this.#complete();
  }

  async #endMachines(): Promise<void> {
    await Promise.all(
      this.#machines.map(({ one, trouble }) =>
        Promise.resolve(one[Symbol.asyncDispose]()).catch((error: Error) => void trouble.push(error.message)),
      ),
    );
  }

  #complete(): void {
    const { user, system } = process.cpuUsage(this.#cpuBefore);
    this.record.host.harnessCpuMs = (user + system) / 1000;
    this.record.host.loadAfter = loadavg()[0] ?? 0;
    this.record.machines = this.#machines.map(({ one: { machine, image }, folder, trouble }) =>
      machineRecord(machine, image, folder, [...machine.cleanupTrouble, ...trouble]),
    );
  }

  /** The first machine's logs are in the test's folder itself, a second one's in a folder of their own. */
  #machineFolder(name: string): string {
    const { testFolder } = this.#place;
    const count = ++this.#launches;
    return count === 1 ? testFolder : `${testFolder}/${name}-${count}`;
  }
}
