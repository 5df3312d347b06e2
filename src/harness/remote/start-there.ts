/**
 * Starts QEMU on another host, in the sandbox and with the arguments that it has here. Its monitor, its consoles and the
 * cable of its network are Unix sockets that the ssh server there listens on, in the machine's private folder; QEMU
 * connects to them, so that every stream has its end here before the first instruction runs.
 */
import { type Duplex, PassThrough } from 'node:stream';
import { HostError, ScenarioError } from '../../errors.ts';
import { FIRMWARE_CONSOLE } from '../console/port.ts';
import { QEMU } from '../host/qemu-version.ts';
import { qemuArgv } from '../qemu/argv.ts';
import { namedBoot } from '../qemu/boot-files.ts';
import { escapeCommas } from '../qemu/comma.ts';
import { isReplayable, type RecordingArguments } from '../qemu/determinism.ts';
import type { Recording } from '../qemu/recording.ts';
import type { MachineSpec } from '../qemu/spec.ts';
import type { QemuStartOptions, QemuState, StartedQemu } from '../qemu/started-qemu.ts';
import type { Wires } from '../qemu/wires.ts';
import { farBootFolder, followFarConsole, layFarConsoles } from './far-consoles.ts';
import { FarProcess } from './far-process.ts';
import { LoggedStream } from './logged-stream.ts';
import { takePacked } from './take.ts';
import type { There } from './there.ts';

/**
 * `$@`: QEMU. Prints the number of what becomes QEMU, which is then killed when the ssh server's process for this
 * connection ends: by the kernel's hand, beside the guard.
 */
const START = `
echo $$
exec >/dev/null setpriv --pdeathsig KILL -- /bin/sh -c '
  test "$PPID" = "$0" || { echo "the connection ended meanwhile" >&2; exit 125; }
  exec "$@"
' "$PPID" "$@"
`;

/** sun_path of unix(7), with the zero at its end. */
const MAX_PATH_BYTES = 107;

/** Names of sockets; those of consoles begin with `console-`. */
const QMP = 'qmp';
const CABLE = 'cable';

let started = 0;

/**
 * As `StartQemu`.
 * @throws ScenarioError for a machine with a saved state, and for a replay; HostError when the host refuses it.
 */
export async function startThere(
  there: There & { readonly onFetch: (fetching: Promise<void>) => void },
  spec: MachineSpec,
  logFile: (console: string) => string,
  { cable, ...state }: QemuStartOptions,
): Promise<StartedQemu> {
  const { connection, guard } = there;
  refuseState(connection.address.name, state);
  const consoles = [FIRMWARE_CONSOLE, ...Object.keys(spec.consoles)];
  const files = state.recording && (await layFarConsoles(state.recording, consoles, there));
  const sockets = files ? [] : consoles.map((name) => `console-${name}`);
  const ends = [QMP, ...sockets, ...(cable ? [CABLE] : [])];
  const start = ++started;
  const paths = new Map(ends.map((end) => [end, `${guard.folder}/${start}-${end}`]));
  const path = (end: string) => paths.get(end) ?? '';
  for (const one of paths.values()) refuseLong(one);
  const named = isReplayable(files) ? namedBoot(spec.boot) : undefined;
  const within = named ? ['env', '-C', await farBootFolder(named, there)] : [];
  const seen = { ...spec, boot: named?.boot ?? spec.boot };
  const argv = [QEMU, ...qemuArgv(seen, farWires(consoles, path), { recording: files })];
  try {
    const listening = ends.map(async (end) => [end, await connection.listen(path(end))] as const);
    const opened = await Promise.all(listening);
    const command = await connection.start(
      guard.marked([...within, '/bin/sh', '-c', START, 'domes-start', ...argv]),
    );
    const process = new FarProcess(command, connection, guard);
    const streams = new Map<string, Duplex>();
    const all = opened.map(async ([end, { connected }]) => streams.set(end, await connected));
    await Promise.race([Promise.all(all), process.ended]);
    const stream = (end: string) => streams.get(end) ?? nothing();
    if (cable) join(cable, stream(CABLE));
    const ofConsoles = files && (await follow(files, consoles, { ...there, process }));
    const console = (name: string) => ofConsoles?.get(name) ?? stream(`console-${name}`);
    return startedQemu(process, {
      argv,
      qmp: stream(QMP),
      consoles: new Map(consoles.map((name) => [name, new LoggedStream(console(name), logFile(name))])),
      cable,
      fetch: () => {
        const fetching = fetchRecording(files, state.recording, there);
        there.onFetch(fetching);
        return fetching;
      },
    });
  } catch (error) {
    cable?.destroy();
    throw error;
  } finally {
    for (const one of paths.values()) connection.unlisten(one);
  }
}

function farWires(consoles: readonly string[], path: (end: string) => string): Wires {
  const socket = (end: string) => `path=${escapeCommas(path(end))}`;
  return {
    qmp: socket(QMP),
    consoles: new Map(consoles.map((name) => [name, socket(`console-${name}`)])),
    // The netdev `stream` is QEMU's since 7.2.
    cable: `stream,id=cable,server=off,addr.type=unix,addr.path=${escapeCommas(path(CABLE))}`,
  };
}

/** Nothing runs yet: whatever a console gets, it is followed from its first byte. */
async function follow(
  { consolePath }: RecordingArguments,
  consoles: readonly string[],
  { process, ...there }: There & { readonly process: FarProcess },
): Promise<ReadonlyMap<string, Duplex>> {
  const pid = await process.pid;
  if (pid === undefined) return new Map();
  const follow = async (name: string) =>
    [name, await followFarConsole(consolePath(name), pid, there)] as const;
  return new Map(await Promise.all(consoles.map(follow)));
}

/** Where there is none in the end, or half of one, whoever wants to keep it says so. */
async function fetchRecording(
  far: RecordingArguments | undefined,
  near: Recording | undefined,
  there: There,
): Promise<void> {
  if (far?.mode === 'record' && near) await takePacked(far.file, near.file, there).catch(() => {});
}

type Streams = Pick<StartedQemu, 'argv' | 'qmp' | 'consoles'> & {
  readonly cable: Duplex | undefined;
  /** Brings here what is to be kept of it, when it has ended. Never rejects. */
  readonly fetch: () => Promise<void>;
};

function startedQemu(process: FarProcess, { cable, fetch, ...streams }: Streams): StartedQemu {
  const consoles = [...streams.consoles.values()];
  const exited = process.ended.then(async (exit) => {
    // What nobody reads is not waited for.
    for (const console of consoles) if (console.readableFlowing === null) console.resume();
    await Promise.all(consoles.map(ended));
    await fetch();
    return exit;
  });
  return {
    ...streams,
    exited,
    stderr: () => process.stderr,
    cost: () => process.cost,
    kill: () => process.kill(),
    close() {
      for (const stream of [streams.qmp, ...consoles, cable]) stream?.destroy();
    },
  };
}

/** Ethernet frames, from the network process here to QEMU there and back. */
function join(near: Duplex, far: Duplex): void {
  for (const stream of [near, far]) stream.on('error', () => {});
  near.pipe(far).pipe(near);
  near.once('close', () => far.destroy());
}

/** The stream to a QEMU that has ended before it had one. */
function nothing(): Duplex {
  const stream = new PassThrough();
  stream.end();
  return stream;
}

function ended(stream: Duplex): Promise<void> {
  return new Promise((resolve) => {
    if (stream.readableEnded || stream.destroyed) return resolve();
    stream.once('end', () => resolve());
    stream.once('close', () => resolve());
  });
}

function refuseState(host: string, { ram, deviceState, recording }: QemuState): void {
  if (!ram && deviceState === undefined && recording?.mode !== 'replay') return;
  const what = recording ? 'a replay' : 'a machine with a saved state';
  throw new ScenarioError(`${what} can't run on ${host}: its files are on this host`, {
    next: 'run it here: DOMES_HOST= before the command',
  });
}

function refuseLong(path: string): void {
  if (Buffer.byteLength(path) <= MAX_PATH_BYTES) return;
  throw new HostError(
    'DOMES_HOST_FOLDER',
    `no socket can be at ${path}: its path has more than ${MAX_PATH_BYTES} bytes`,
    { next: 'name a shorter folder: ssh://host/folder' },
  );
}
