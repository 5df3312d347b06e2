/**
 * The consoles of a machine that is pinned or recorded, on another host: files there, as they are here (recording.ts), and
 * for each a command that hands on what its file gets and what is typed.
 */
import { Duplex } from 'node:stream';
import { HostError } from '../../errors.ts';
import type { NamedBoot } from '../qemu/boot-files.ts';
import type { RecordingArguments } from '../qemu/determinism.ts';
import type { Recording } from '../qemu/recording.ts';
import type { There } from './there.ts';

/** `$1`: the folder to make; then the consoles' names. */
const LAY = `
umask 077
folder=$1; shift
rm -rf -- "$folder" && mkdir "$folder" && cd "$folder" || exit 1
for name in "$@"; do mkfifo -- "$name.in" && : >"$name.out" || exit 1; done
`;

/** `$1`: the folder to make; then names and paths in turn. */
const LINK = `
umask 077
rm -rf -- "$1" && mkdir "$1" && cd "$1" || exit 1
shift
while test $# -gt 0; do ln -s -- "$2" "$1" || exit 1; shift 2; done
`;

/**
 * `$1`: path of a console's two ends; `$2`: QEMU's number. Prints what comes until QEMU has ended, and that to its end. A
 * background process has no standard input of its own, hence the copy.
 */
const FOLLOW = `
exec 3<>"$1.in" 4<&0 </dev/null
cat <&4 >&3 &
tail -s 0.1 --pid="$2" -c +1 -f -- "$1.out"
kill $!
`;

/** Makes the ends of the consoles there. @throws HostError with the host's words. */
export async function layFarConsoles(
  { mode }: Recording,
  consoles: readonly string[],
  { connection, guard }: There,
): Promise<RecordingArguments> {
  const place = `${guard.folder}/consoles`;
  await done(['/bin/sh', '-c', LAY, 'domes-lay', place, ...consoles], { connection, guard });
  return { mode, file: `${guard.folder}/recording`, consolePath: (console) => `${place}/${console}` };
}

/** The working directory of a QEMU there that is recorded; see boot-files.ts. @throws HostError with the host's words. */
export async function farBootFolder({ files }: NamedBoot, there: There): Promise<string> {
  const place = `${there.guard.folder}/boot`;
  await done(['/bin/sh', '-c', LINK, 'domes-link', place, ...[...files].flat()], there);
  return place;
}

async function done(argv: readonly string[], { connection, guard }: There): Promise<void> {
  const { exitStatus, stderr } = await connection.run(guard.marked(argv));
  if (exitStatus === 0) return;
  throw new HostError(
    'DOMES_CONSOLE_FILE',
    `host ${connection.address.name} can't make the files of a recorded machine: ${stderr.trim()}`,
  );
}

/** Our side of one of them. @throws HostError when the host refuses, or the connection is gone. */
export async function followFarConsole(
  path: string,
  pid: number,
  { connection, guard }: There,
): Promise<Duplex> {
  const argv = guard.marked(['/bin/sh', '-c', FOLLOW, 'domes-follow', path, String(pid)]);
  const command = await connection.start(argv);
  command.stderr.resume();
  // A connection that goes is told of by QEMU's own command.
  command.ended.catch(() => {});
  return Duplex.from({ readable: command.stdout, writable: command.stdin });
}
