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
import { escapeCommas } from '../qemu/comma.ts';
import type { MachineSpec } from '../qemu/spec.ts';
import type { QemuStartOptions, QemuState, StartedQemu } from '../qemu/started-qemu.ts';
import type { Wires } from '../qemu/wires.ts';
import type { HostConnection } from './connection.ts';
import { FarProcess } from './far-process.ts';
import type { Guard } from './guard.ts';
import { LoggedStream } from './logged-stream.ts';

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
 * @throws ScenarioError for a machine with a saved state or a recording; HostError when the host refuses it.
 */
export async function startThere(
  { connection, guard }: { readonly connection: HostConnection; readonly guard: Guard },
  spec: MachineSpec,
  logFile: (console: string) => string,
  { cable, ...state }: QemuStartOptions,
): Promise<StartedQemu> {
  refuseState(connection.address.name, state);
  const consoles = [FIRMWARE_CONSOLE, ...Object.keys(spec.consoles)];
  const ends = [QMP, ...consoles.map((name) => `console-${name}`), ...(cable ? [CABLE] : [])];
  const start = ++started;
  const paths = new Map(ends.map((end) => [end, `${guard.folder}/${start}-${end}`]));
  const path = (end: string) => paths.get(end) ?? '';
  for (const one of paths.values()) refuseLong(one);
  const argv = [QEMU, ...qemuArgv(spec, farWires(consoles, path))];
  try {
    const listening = ends.map(async (end) => [end, await connection.listen(path(end))] as const);
    const sockets = await Promise.all(listening);
    const command = await connection.start(guard.marked(['/bin/sh', '-c', START, 'domes-start', ...argv]));
    const process = new FarProcess(command, connection, guard);
    const streams = new Map<string, Duplex>();
    const all = sockets.map(async ([end, { connected }]) => streams.set(end, await connected));
    await Promise.race([Promise.all(all), process.ended]);
    const stream = (end: string) => streams.get(end) ?? nothing();
    if (cable) join(cable, stream(CABLE));
    return startedQemu(process, {
      argv,
      qmp: stream(QMP),
      consoles: new Map(
        consoles.map((name) => [name, new LoggedStream(stream(`console-${name}`), logFile(name))]),
      ),
      cable,
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

type Streams = Pick<StartedQemu, 'argv' | 'qmp' | 'consoles'> & { readonly cable: Duplex | undefined };

function startedQemu(process: FarProcess, { cable, ...streams }: Streams): StartedQemu {
  const consoles = [...streams.consoles.values()];
  const exited = process.ended.then(async (exit) => {
    // What nobody reads is not waited for.
    for (const console of consoles) if (console.readableFlowing === null) console.resume();
    await Promise.all(consoles.map(ended));
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
  if (!ram && deviceState === undefined && !recording) return;
  const what = recording ? 'a pinned or recorded machine' : 'a machine with a saved state';
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
