/**
 * One run of one scenario test: it owns every machine that the test launches, and keeps the record. A timed-out
 * test function is abandoned by Vitest and never gets to its `await using`, so the owner is here.
 */
import { mkdirSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join, relative } from 'node:path';
import { AbortError } from '../../errors.ts';
import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import { rootOf } from '../checkpoint/plan.ts';
import { resumeMachine } from '../checkpoint/resume.ts';
import { defaultHome } from '../image/image-home.ts';
import { type Launched, type LaunchOptions, launchMachine } from '../machine/launch.ts';
import type { Machine, MachineContext } from '../machine/machine.ts';
import type { Outcome } from '../replay/machine-recording.ts';
import { recordMode } from '../replay/record-mode.ts';
import type { CheckpointRecord, ScenarioRecord } from '../report/record.ts';
import { disposeAtWorkerEnd } from '../runner/worker-end.ts';
import { checkpointUse } from './checkpoint-use.ts';
import { MachineEvents } from './machine-events.ts';
import { OwnMachine } from './own-machine.ts';
import { isTimeout, Pauses } from './pauses.ts';

export interface ScenarioPlace {
  /** The run's folder, absolute. */
  readonly runFolder: string;
  /** This test's folder, relative to it. */
  readonly testFolder: string;
  /** The run of Vitest. */
  readonly run: string;
  /** Vitest's id of the test, its file and its name. */
  readonly test: { readonly id: string; readonly file: string; readonly name: string };
}

export interface ResumeOptions {
  /** The machine's name; default: its image's. Forks of one checkpoint are told apart by it. */
  readonly name?: string;
}

export interface ScenarioLimits {
  readonly signal: AbortSignal;
  /** `performance.now()` at which Vitest gives up on the test. */
  readonly endsAt: number;
  /** Machines of a failed test are kept for a person. */
  readonly isKeptOnFailure?: boolean;
  /** How the test has ended, asked when it has. */
  readonly outcome?: () => Outcome;
}

/** Waits end this long before Vitest's own timeout, so that the message is ours. */
const MARGIN_MS = 2_000;

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
  readonly #pauses = new Pauses(this.#ending.signal);
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
    const abort = () => {
      if (!this.#isKept()) void this[Symbol.asyncDispose]();
    };
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
      this.#start(options.machine?.name ?? image, options, (context) =>
        launchMachine(image, context, options),
      ),
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
      start: (begin: (context: MachineContext) => Promise<Launched>) => this.#start(shown, launch, begin),
      noteStep: (step: Omit<CheckpointRecord, 'machine'>) => {
        const at = this.#machines.findLast(({ machine }) => machine.name === shown)?.machine.clock();
        const reached = step.did === 'executed' && at !== undefined ? { atMs: at } : {};
        this.record.checkpoints = [
          ...(this.record.checkpoints ?? []),
          { ...step, ...reached, machine: shown },
        ];
      },
      say: (sentence: string) => console.info(`domes: ${sentence}`),
    };
    const use = checkpointUse(launch);
    const arrival = await this.#tracked(resumeMachine(wanted, host, { use, name: shown }));
    this.#arrivals.push(arrival);
    return arrival.machine.launched.machine;
  };

  /** The test has failed: what still runs is kept until a person is done with it, where that was asked for. */
  async pauseAfterFailure(why: string): Promise<void> {
    if (!this.#limits.isKeptOnFailure) return;
    await Promise.all(this.#machines.map(({ machine }) => this.#pause(machine, why)));
  }

  /** Resolves when no person keeps a machine any more. */
  async untilResumed(): Promise<void> {
    await this.#pauses.over();
  }

  /** The test has failed: pictures of the screens, before anybody types. Never throws. */
  async takeScreenshots(): Promise<void> {
    await Promise.all(this.#machines.map(({ machine }) => machine.screenshots.takeAtFailure()));
  }

  /**
   * The test has failed: collects the logs of the systems that were reached by ssh, and of dom0s that have had guests: the
   * toolstack tells its files more than its callers. Never throws.
   */
  async collectLogs(): Promise<void> {
    if (this.#signal.aborted) return;
    const machines = this.#machines.map(({ machine }) => machine);
    const wanted = machines.filter(({ sshAccess, guests }) => sshAccess.wasUsed || guests.wasUsed);
    await Promise.all(wanted.map(({ guestLogs }) => guestLogs.collect()));
  }

  /** Ends every machine and completes the record. Idempotent, never throws. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#disposal ??= this.#end();
    return this.#disposal;
  }

  /** The test's time is up, and a person has its machines, or is to have them; the test's end comes right after this. */
  #isKept(): boolean {
    const { signal, isKeptOnFailure } = this.#limits;
    return isTimeout(signal.reason) && (this.#pauses.any || isKeptOnFailure === true);
  }

  async #pause(machine: Machine, why: string): Promise<void> {
    const events = this.#machines.find((own) => own.machine === machine)?.events;
    await this.#pauses.keep(machine, events, why);
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
  async #start(
    name: string,
    launch: LaunchOptions,
    start: (context: MachineContext) => Promise<Launched>,
  ): Promise<Launched> {
    if (this.#signal.aborted)
      throw new AbortError(
        `the test has ended: it can't launch ${name} any more`,
        {},
        { cause: this.#signal.reason },
      );
    const folder = this.#machineFolder(name);
    const path = join(this.#place.runFolder, folder);
    mkdirSync(path, { recursive: true });
    const { runFolder, test } = this.#place;
    const mode = recordMode();
    const events = new MachineEvents(name, { runFolder, task: test.id, file: test.file, test: test.name });
    try {
      const one = await start({
        logFolder: path,
        logFolderShown: relative(process.cwd(), path),
        signal: this.#signal,
        scenario: { file: test.file, test: test.name },
        onWait: (why) => events.wait(why),
        pause: (machine, why) => this.#pause(machine, why),
        ...(mode && { recordedBy: `DOMES_RECORD=${mode}` }),
        remainingMs: () => Math.max(0, this.#limits.endsAt - MARGIN_MS - performance.now()),
      });
      this.#machines.push(new OwnMachine(one, { folder, logFolder: path, launch, events }));
      return one;
    } catch (error) {
      events[Symbol.dispose]();
      throw error;
    }
  }

  async #end(): Promise<void> {
    this.#complete();
    this.#ending.abort();
    if (this.#outcome().result === 'failed') await this.takeScreenshots();
    // Those that were ready before the end, then those that became ready in spite of it.
    await this.#endMachines();
    await Promise.allSettled(this.#launching);
    await this.#endMachines();
    await Promise.allSettled(this.#arrivals.map((arrival) => arrival[Symbol.asyncDispose]()));
    this.#stopListening();
    this.#complete();
  }

  async #endMachines(): Promise<void> {
    await Promise.all(this.#machines.map((own) => own.end(() => this.#outcome())));
  }

  /** A test that is cut off has not passed. */
  #outcome(): Outcome {
    const outcome = this.#limits.outcome?.() ?? { result: 'unknown' };
    return this.#limits.signal.aborted ? { ...outcome, result: 'failed' } : outcome;
  }

  #complete(): void {
    const { user, system } = process.cpuUsage(this.#cpuBefore);
    this.record.host.harnessCpuMs = (user + system) / 1000;
    this.record.host.loadAfter = loadavg()[0] ?? 0;
    this.record.machines = this.#machines.map((own) => own.record());
  }

  /** The first machine's logs are in the test's folder itself, a second one's in a folder of their own. */
  #machineFolder(name: string): string {
    const { testFolder } = this.#place;
    const count = ++this.#launches;
    return count === 1 ? testFolder : `${testFolder}/${name}-${count}`;
  }
}
