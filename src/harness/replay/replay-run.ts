/** Replays a capsule: boots its machine again with nobody typing, and compares every console as it prints. */
import { AbortError, CapsuleError, ScenarioError } from '../../errors.ts';
import { sparseCopy } from '../host/sparse-file.ts';
import { type Launched, type LaunchOptions, launchMachine } from '../machine/launch.ts';
import type { Machine } from '../machine/machine.ts';
import type { ReplayState } from '../qemu/determinism.ts';
import type { QmpClient } from '../qmp/client.ts';
import { RunDirectory } from '../runner/run-directory.ts';
import { Comparison } from './comparison.ts';
import { type Debugger, untilContinued } from './debugger.ts';
import type { Difference } from './difference.ts';
import { type Capsule, unpackRecording } from './open-capsule.ts';
import { placesOf, withPlaceholders } from './placeholders.ts';
import { endOf, type ReplayEnd, STUCK_AFTER_MS } from './replay-end.ts';
import { makeStateFile, requireSaveable, type SavedPlace, savedPlace, savePlace } from './saved-place.ts';
import { stopInstruction, type Until } from './until.ts';

export interface ReplayOptions {
  /** Stop there, with the machine paused. */
  readonly until?: Until;
  /** A place that was saved: the replay begins there instead of at power-on. */
  readonly from?: Until;
  /** Keep the place where it stops, for later replays to begin with. */
  readonly save?: boolean;
  /** It stands still before its first instruction until this debugger has it continue. */
  readonly debugger?: Debugger;
  readonly signal?: AbortSignal;
}

export interface ReplayResult {
  readonly is: 'identical' | 'different';
  /** Compared and the same, over all consoles. */
  readonly bytes: number;
  readonly consoles: number;
  /** Those whose bytes were the same to the last. */
  readonly milestones: readonly string[];
  readonly difference?: Difference;
  /** Why it ended before its recording did, where no byte was different: QEMU's words, or that it stands still. */
  readonly trouble?: string;
  /** True when it stands still where it was asked to, and waits. */
  readonly isPaused: boolean;
  readonly tookMs: number;
}

/** A replay that has come to its end, or to where it should stop; disposing it ends its machine. */
export interface Replay extends AsyncDisposable {
  readonly result: ReplayResult;
  /** Folder with a socket for each console, `NAME.sock`. */
  readonly consoleFolder: string | undefined;
  readonly qmp: QmpClient | undefined;
}

/**
 * @throws CapsuleError when the capsule can't be replayed here; QemuLaunchError; AbortError when the signal comes.
 */
export async function replayCapsule(capsule: Capsule, options: ReplayOptions = {}): Promise<Replay> {
  const stopAt = stopOf(capsule, options);
  const from = options.from === undefined ? undefined : await savedPlace(capsule, options.from);
  const directory = RunDirectory.create();
  let launched: Launched | undefined;
  const release = async () => {
    await launched?.[Symbol.asyncDispose]();
    directory[Symbol.dispose]();
  };
  try {
    const recording = directory.file('recording');
    await unpackRecording(capsule, recording);
    const comparisons = new Map(
      [...capsule.consoles].map(([name, bytes]) => [name, new Comparison(name, bytes, from?.consoles[name])]),
    );
    const state = await stateFor(options, from, directory);
    let tellDifferent = () => {};
    const different = new Promise<ReplayEnd>((resolve) => {
      tellDifferent = () => resolve('different');
    });
    const startedAt = performance.now();
    let ended: Promise<ReplayEnd> | undefined;
    let own: Machine | undefined;
    launched = await launchMachine(
      capsule.record.image.name,
      {
        logFolder: directory.path,
        logFolderShown: directory.path,
        ...(options.signal && { signal: options.signal }),
        replay: {
          recording,
          state,
          watch: (machine) => {
            own = machine;
            compare(machine, comparisons, tellDifferent);
          },
          prepare: async (qemu) => {
            requireSameArguments(capsule, own as Machine, qemu.argv);
            const { signal } = options;
            ended = Promise.race([
              different,
              endOf(qemu, { stopAt, hasDebugger: options.debugger !== undefined, signal }),
            ]);
            if (stopAt !== undefined) await qemu.qmp.execute('replay-break', { icount: stopAt });
            if (options.debugger) await untilContinued(qemu.qmp, options.debugger, signal);
          },
        },
      },
      { ...(capsule.record.launch as LaunchOptions), determinism: 'recorded' },
    );
    const { machine } = launched;
    const { qemu } = machine.emulation;
    const end = (await ended) as ReplayEnd;
    if (end === 'different') await qemu.qmp.execute('stop').catch(() => {});
    if (end === 'exited') await consolesEnded(machine);
    else qemu.catchUp();
    if (options.signal?.aborted) throw new AbortError('the replay was cancelled');
    const result: ReplayResult = {
      ...judged(capsule, comparisons, {
        end,
        stderr: qemu.stderr,
        isWhole: end !== 'different' && !(end === 'paused' && stopAt !== undefined),
      }),
      isPaused: end === 'paused' && stopAt !== undefined,
      tookMs: performance.now() - startedAt,
    };
    if (
      options.save &&
      state &&
      result.isPaused &&
      options.until !== undefined &&
      result.is === 'identical'
    ) {
      const consoles = Object.fromEntries([...comparisons].map(([name, { same }]) => [name, same]));
      await savePlace(capsule, options.until, { qmp: qemu.qmp, file: state.file, consoles });
    }
    return {
      result,
      consoleFolder: machine.runFolder,
      qmp: end === 'exited' ? undefined : qemu.qmp,
      [Symbol.asyncDispose]: release,
    };
  } catch (error) {
    await release().catch(() => {});
    throw error;
  }
}

/** @throws ScenarioError for wishes that don't go together; CapsuleError where the machine can't follow them. */
function stopOf({ record }: Capsule, { until, from, save }: ReplayOptions): number | undefined {
  const stopAt = until === undefined ? undefined : stopInstruction(record, until);
  if (save) {
    if (until === undefined || from !== undefined)
      throw new ScenarioError('what is saved is the place of --until, on the way from power-on', {
        next: '--until kernel --save; later --from kernel',
      });
    requireSaveable(record);
  }
  if (from !== undefined && stopAt !== undefined && stopAt <= stopInstruction(record, from))
    throw new ScenarioError(`"${until}" is not behind "${from}"`, { next: 'leave out --from' });
  return stopAt;
}

/** Where QEMU saves its state to, or a copy of the one that it begins with. */
async function stateFor(
  { save, signal }: ReplayOptions,
  from: SavedPlace | undefined,
  directory: RunDirectory,
): Promise<ReplayState | undefined> {
  const file = directory.file('state.qcow2');
  if (from) {
    await sparseCopy(from.file, file);
    return { file, use: 'load' };
  }
  if (!save) return undefined;
  await makeStateFile(file, signal);
  return { file, use: 'save' };
}

function compare(
  machine: Machine,
  comparisons: ReadonlyMap<string, Comparison>,
  different: () => void,
): void {
  for (const [name, console] of machine.consoles)
    console.onBytes((bytes) => {
      if (comparisons.get(name)?.take(bytes) !== true) different();
    });
}

/** QEMU's last bytes are read after its end. */
async function consolesEnded(machine: Machine): Promise<void> {
  for (const console of machine.consoles.values())
    await new Promise<void>((resolve) => {
      const stop = console.onChange(check);
      function check(): void {
        if (!console.ended) return;
        stop();
        resolve();
      }
      check();
    });
}

/** @throws CapsuleError when this domes would build another machine than the one that was recorded. */
function requireSameArguments({ record }: Capsule, machine: Machine, argv: readonly string[]): void {
  const places = placesOf(machine.image?.files ?? {}, { runFolder: machine.runFolder ?? '' });
  const here = withPlaceholders(argv, places);
  const first = here.findIndex((argument, index) => argument !== record.argv[index]);
  const at = first === -1 && here.length !== record.argv.length ? here.length : first;
  if (at === -1) return;
  throw new CapsuleError('the capsule was recorded of another machine than this domes builds', {
    probably: `recorded: ${record.argv[at] ?? 'nothing more'}; here: ${here[at] ?? 'nothing more'}`,
    next: 'check out the commit that it was recorded with: its images.manifest.json and this program have changed',
  });
}

function judged(
  { record }: Capsule,
  comparisons: ReadonlyMap<string, Comparison>,
  { end, stderr, isWhole }: { end: ReplayEnd; stderr: string; isWhole: boolean },
): Omit<ReplayResult, 'isPaused' | 'tookMs'> {
  const all = [...comparisons.values()];
  const found = all.map((one) => one.difference);
  const missing = isWhole ? all.map((one) => one.end()) : [];
  const difference = [...found, ...missing].find((one) => one !== undefined);
  const same = (console: string) => comparisons.get(console)?.same ?? 0;
  const isStuck = end === 'stuck';
  const words = stderr.trim();
  return {
    is: difference || isStuck ? 'different' : 'identical',
    bytes: all.reduce((sum, one) => sum + one.same, 0),
    consoles: all.length,
    milestones: record.milestones
      .filter(({ console, bytes }) => same(console) >= bytes)
      .map(({ name }) => name),
    ...(difference && { difference }),
    ...(isStuck && { trouble: `QEMU counts no instructions any more, for ${STUCK_AFTER_MS / 1000} s` }),
    ...(!isStuck && words && { trouble: `QEMU said: ${words}` }),
  };
}
