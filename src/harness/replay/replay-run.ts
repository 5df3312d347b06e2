/** Replays a capsule: boots its machine again with nobody typing, and compares every console as it prints. */
import { z } from 'zod';
import { AbortError, CapsuleError } from '../../errors.ts';
import { type Launched, type LaunchOptions, launchMachine } from '../machine/launch.ts';
import type { Machine } from '../machine/machine.ts';
import type { QemuProcess } from '../qemu/process.ts';
import type { QmpClient } from '../qmp/client.ts';
import { RunDirectory } from '../runner/run-directory.ts';
import { Comparison } from './comparison.ts';
import type { Difference } from './difference.ts';
import { type Capsule, unpackRecording } from './open-capsule.ts';
import { placesOf, withPlaceholders } from './placeholders.ts';
import { stopInstruction, type Until } from './until.ts';

/** A replay whose instruction count has not changed for so long has lost its recording. */
const STUCK_AFTER_MS = 60_000;
const LOOK_EVERY_MS = 5_000;

export interface ReplayOptions {
  /** Stop there, with the machine paused. */
  readonly until?: Until;
  /** QEMU's address for a debugger (`tcp::1234`), to which the machine listens from its first instruction. */
  readonly gdb?: string;
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

type End = 'exited' | 'paused' | 'different' | 'stuck';

/**
 * @throws CapsuleError when the capsule can't be replayed here; QemuLaunchError; AbortError when the signal comes.
 */
export async function replayCapsule(capsule: Capsule, options: ReplayOptions = {}): Promise<Replay> {
  const stopAt = options.until && stopInstruction(capsule.record, options.until);
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
      [...capsule.consoles].map(([name, bytes]) => [name, new Comparison(name, bytes)]),
    );
    let tellDifferent = () => {};
    const different = new Promise<End>((resolve) => {
      tellDifferent = () => resolve('different');
    });
    const startedAt = performance.now();
    let ended: Promise<End> | undefined;
    let own: Machine | undefined;
    launched = await launchMachine(
      capsule.record.image.name,
      {
        logFolder: directory.path,
        logFolderShown: directory.path,
        ...(options.signal && { signal: options.signal }),
        replay: {
          recording,
          watch: (machine) => {
            own = machine;
            compare(machine, comparisons, tellDifferent);
          },
          prepare: async (qemu) => {
            requireSameArguments(capsule, own as Machine, qemu.argv);
            ended = Promise.race([different, endOf(qemu, options.signal)]);
            if (stopAt !== undefined) await qemu.qmp.execute('replay-break', { icount: stopAt });
            if (options.gdb !== undefined) await monitor(qemu.qmp, `gdbserver ${options.gdb}`);
          },
        },
      },
      { ...(capsule.record.launch as LaunchOptions), determinism: 'recorded' },
    );
    const { machine } = launched;
    const { qemu } = machine.emulation;
    const end = (await ended) as End;
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

/** Resolves when QEMU has ended, stands still by its own decision, or counts no instructions any more. */
async function endOf(qemu: QemuProcess, signal: AbortSignal | undefined): Promise<End> {
  using stops = qemu.qmp.listen('STOP');
  const looks = new AbortController();
  try {
    return await Promise.race([
      qemu.exited.then((): End => 'exited'),
      stops.next().then((event): End | Promise<End> => (event ? 'paused' : qemu.exited.then(() => 'exited'))),
      standstill(qemu.qmp, looks.signal),
      new Promise<End>((resolve) =>
        signal?.addEventListener('abort', () => resolve('stuck'), { once: true }),
      ),
    ]);
  } finally {
    looks.abort();
  }
}

const ReplayInfo = z.object({ icount: z.number() });

function standstill(qmp: QmpClient, signal: AbortSignal): Promise<End> {
  return new Promise((resolve) => {
    let last = -1;
    let since = performance.now();
    const look = setInterval(() => {
      void qmp.execute('query-replay').then(
        (reply) => {
          const { icount } = ReplayInfo.parse(reply);
          if (icount !== last) since = performance.now();
          last = icount;
          if (performance.now() - since > STUCK_AFTER_MS) resolve('stuck');
        },
        () => {},
      );
    }, LOOK_EVERY_MS);
    signal.addEventListener('abort', () => clearInterval(look), { once: true });
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
  { end, stderr, isWhole }: { end: End; stderr: string; isWhole: boolean },
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

/** QEMU's human monitor, for what QMP has no command for. @throws CapsuleError with its words when it refuses. */
async function monitor(qmp: QmpClient, command: string): Promise<void> {
  const words = await qmp.execute('human-monitor-command', { 'command-line': command });
  if (typeof words === 'string' && /error|could not|failed/i.test(words))
    throw new CapsuleError(`QEMU refused "${command}": ${words.trim()}`, {
      next: 'give --gdb an address that is free: tcp:127.0.0.1:1234, or unix:/path/to/socket',
    });
}
