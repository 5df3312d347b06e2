/** Why a QEMU is gone: the first thing to know when all consoles end at once. */
import type { ConsoleEnd } from '../../expect/reader.ts';
import type { QemuExit } from '../qemu/process.ts';

/**
 * @param reason of QMP's SHUTDOWN event (qapi/run-state.json, ShutdownCause), where there was one. A guest that
 * reboots under `-no-reboot` ends QEMU with status 0 too: the status alone says nothing.
 */
export function departure(exit: QemuExit, reason: string | undefined, stderr: string): ConsoleEnd {
  if (exit.lost !== undefined)
    return {
      failureClass: 'emulator/host-lost',
      blame: 'host',
      cause: exit.lost,
      remedy: 'look at that host and at the network to it: npx domes doctor; its QEMU ends by itself',
    };
  if (exit.signal)
    return {
      failureClass: 'emulator/killed',
      blame: 'host',
      cause: `QEMU was killed by ${exit.signal}`,
      remedy: 'look for the killer: the out-of-memory killer (dmesg), a person, a time limit of the job',
    };
  if (exit.code !== 0)
    return {
      failureClass: 'emulator/failed',
      blame: 'host',
      cause: `QEMU ended with status ${exit.code}: ${stderr.split('\n').at(-1) || 'it said nothing'}`,
      remedy: "QEMU's own words name the reason; its arguments are in the run record",
    };
  if (reason === 'guest-reset')
    return {
      failureClass: 'emulator/guest-rebooted',
      blame: 'guest',
      cause: 'the guest rebooted, which ends this machine',
      remedy:
        "read its last lines: a crash often ends in a reboot; launch with machine: { onReboot: 'reset' } if it is meant to",
    };
  if (reason === 'guest-shutdown')
    return {
      failureClass: 'emulator/guest-powered-off',
      blame: 'guest',
      cause: 'the guest powered the machine off',
      remedy: 'wait for what you want to see before the guest is told to power off',
    };
  if (reason === 'host-signal')
    return {
      failureClass: 'emulator/killed',
      blame: 'host',
      cause: 'QEMU was told to end by a signal',
      remedy: 'look for who sent it: npx domes kill, a person, a time limit of the job',
    };
  return {
    failureClass: 'emulator/ended',
    blame: 'guest',
    cause: `QEMU ended in order (${reason ?? 'it gave no reason'})`,
    remedy: 'somebody told QEMU to end: a monitor command of the scenario, most likely',
  };
}
