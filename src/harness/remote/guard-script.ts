/**
 * The guard: a POSIX shell script on the far host, one for each machine. It makes the machine's private folder, and
 * when its standard input ends, or nothing has come there for a while, it kills what was started for the machine and
 * removes the folder. It reads and waits, so that it needs nothing of the runner, which may be killed or cut off.
 */

/** What it is called in the list of processes, and how its folder's name begins. */
export const GUARD_NAME = 'domes-far';

/** In the environment of all that is started for a machine: its folder. By this the guard finds it. */
export const MARK = 'DOMES_FAR';

/** Programs that must be there, and the package of Debian that has them. */
export const NEEDED: Readonly<Record<string, string>> = {
  'qemu-system-x86_64': 'qemu-system-x86',
  'qemu-img': 'qemu-utils',
  setpriv: 'util-linux',
  flock: 'util-linux',
  sha256sum: 'coreutils',
  mktemp: 'coreutils',
  env: 'coreutils',
  grep: 'grep',
  find: 'findutils',
  timeout: 'coreutils',
  mkfifo: 'coreutils',
  tail: 'coreutils',
  gzip: 'gzip',
};

/** A runner that has sent nothing for one such time, and at most two, is gone, s. */
export const SILENCE_S = 60;

/** Files that no machine has used for so many days are removed. */
const UNUSED_DAYS = 30;

/**
 * `$1`: the folder to be used; empty for the user's own. It prints a line `lacks …`, or `folder …`, `cache …`, and
 * `kvm …`; then for each line that it reads, the number of a process, what that has cost: its line of /proc/PID/stat,
 * and of each of its threads the line of schedstat.
 *
 * A connection that ends closes its output as well as its input: to be writing at that moment must not end it.
 * Folders of guards that are gone (a power cut, a SIGKILL) are removed by the next. Which they are is told by the
 * number in the name; numbers of other PID namespaces, which may share the temporary folder, mean nothing here.
 */
export const GUARD_SCRIPT = `
umask 077
lacks=
for program in ${Object.keys(NEEDED).join(' ')}; do
  command -v "$program" >/dev/null 2>&1 || lacks="$lacks $program"
done
test -z "$lacks" || { echo "lacks$lacks"; exit 0; }
temporary=\${1:-\${TMPDIR:-/tmp}}
cache=\${1:-\${XDG_CACHE_HOME:-$HOME/.cache}}/domes-images
space=$(readlink /proc/self/ns/pid | tr -dc 0-9)
prefix=$temporary/${GUARD_NAME}-$(id -u)-$space-
mkdir -p "$temporary" "$cache" || exit 1

end() {
  round=0
  while test "$round" -lt 5; do
    marked=$(grep -lzx "${MARK}=$1" /proc/[0-9]*/environ 2>/dev/null)
    test -n "$marked" || break
    for file in $marked; do pid=\${file#/proc/}; kill -KILL "\${pid%/environ}"; done
    round=$((round + 1))
  done 2>/dev/null
  rm -rf -- "$1" "$cache"/*."\${1##*-}".part
}

for left in "$prefix"*; do
  test -d "$left" || continue
  pid=\${left#"$prefix"}; pid=\${pid%%-*}
  grep -qzx ${GUARD_NAME} "/proc/$pid/cmdline" 2>/dev/null || end "$left"
done
find "$cache" -type f ! -name lock -mtime +${UNUSED_DAYS} -exec rm -f {} +

folder=$(mktemp -d "$prefix$$-XXXXXX") || exit 1
trap 'exit 1' HUP INT TERM
trap '' PIPE
trap 'end "$folder"; trap "" TERM; kill -TERM 0' EXIT
kvm=no
test -r /dev/kvm && test -w /dev/kvm && kvm=yes
echo 0 >"$folder/beats"
{
  last=
  while sleep "$2"; do
    read -r now <"$folder/beats" || exit 0
    if test "$now" = "$last"; then
      end "$folder"
      kill -KILL 0
    fi
    last=$now
  done
} &
echo "folder $folder"
echo "cache $cache"
echo "kvm $kvm"
beats=0
while read -r pid; do
  beats=$((beats + 1))
  echo "$beats" >"$folder/beats"
  test -r "/proc/\${pid:-none}/stat" || continue
  { read -r line <"/proc/$pid/stat"; } 2>/dev/null && echo "stat $line"
  for file in "/proc/$pid/task/"*/schedstat; do
    { read -r line <"$file"; } 2>/dev/null && echo "thread $line"
  done
done
exit 0
`;

/**
 * `$1`: the machine's folder; `$2`: how long each thing is waited for, in tenths of a second. QEMU is asked to end,
 * which writes its disks out and tells its runner why; then whatever is left is made to. The guard removes the folder
 * when it is told to end; where it is gone or does not, that is done here. Time is counted, for no shell can wait for
 * a process that is not its own.
 */
export const END_SCRIPT = `
folder=$1; patience=$2
name=\${folder##*/}
guard=\${name#${GUARD_NAME}-*-*-}; guard=\${guard%%-*}
marked() {
  for file in $(grep -lzx "${MARK}=$folder" /proc/[0-9]*/environ 2>/dev/null); do
    pid=\${file#/proc/}; echo "\${pid%/environ}"
  done
}
guarded() { grep -qzx ${GUARD_NAME} "/proc/$guard/cmdline" 2>/dev/null; }
within() {
  tenths=$1; shift
  while test "$tenths" -gt 0; do
    "$@" || return 0
    sleep 0.1; tenths=$((tenths - 1))
  done
  return 1
}
tell() { for pid in $(marked); do kill -"$1" "$pid" 2>/dev/null; done; }
runs() { test -n "$(marked)"; }
tell TERM
within "$patience" runs || tell KILL
within "$patience" runs || { echo "process $(marked | tr '\\n' ' ')hangs in the kernel" >&2; exit 1; }
guarded && kill -TERM "$guard"
within "$patience" guarded || kill -KILL -- "-$guard" || kill -KILL "$guard"
rm -rf -- "$folder"
`;
