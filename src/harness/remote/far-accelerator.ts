/** Which accelerator machines use on another host: as on this one, decided by a trial. */
import { ScenarioError } from '../../errors.ts';
import type { Accelerator } from '../host/accelerator-probe.ts';
import { probeArgv, verdict } from '../host/accelerator-probe.ts';
import { bootSector } from '../host/boot-sector.ts';
import { QEMU } from '../host/qemu-version.ts';
import type { There } from './there.ts';

/** A test boot takes a second where it gets through. */
const LIMIT_S = 10;

/**
 * `$1`: where the answer is remembered, until the host boots again; `$2`: the folder; then the limit and QEMU. Reads the
 * disk, boots from it, and prints what that wrote. KVM reports that it can't go on, and QEMU would then wait for ever.
 */
const TRY = `
umask 077
answer=$1-$(cat /proc/sys/kernel/random/boot_id); folder=$2; limit=$3; shift 3
if ! test -f "$answer"; then
  cat >"$folder/boot-sector.raw" || exit 1
  {
    timeout "$limit" "$@" & echo $! >"$folder/trial"
    wait
  } 2>&1 >"$folder/answer" | while read -r line; do
    case $line in
      *'KVM internal error'* | *'emulation failure'* | *'KVM_RUN failed'*) kill -TERM "$(cat "$folder/trial")" ;;
    esac
  done
  mv -f "$folder/answer" "$answer"
fi
exec cat "$answer"
`;

/** @throws ScenarioError when DOMES_ACCELERATOR is neither tcg nor kvm; HostError when the connection is gone. */
export async function farAccelerator(
  { connection, guard }: There,
  { DOMES_ACCELERATOR: wanted }: NodeJS.ProcessEnv = process.env,
): Promise<Accelerator> {
  if (wanted === 'tcg' || wanted === 'kvm') return wanted;
  if (wanted) throw new ScenarioError(`DOMES_ACCELERATOR is "${wanted}": expected tcg or kvm`);
  if (!guard.mayUseKvm) return 'tcg';
  const { folder, cache } = guard;
  const qemu = probeArgv('kvm', QEMU, `${folder}/boot-sector.raw`);
  const argv = ['/bin/sh', '-c', TRY, 'domes-try', `${cache}/kvm`, folder, String(LIMIT_S), ...qemu];
  const { stdout, stderr } = await connection.run(guard.marked(argv), { input: bootSector() });
  return verdict(stdout, stderr).works ? 'kvm' : 'tcg';
}
