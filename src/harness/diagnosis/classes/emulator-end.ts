/** How a QEMU ended, told by the harness, which sees its process end: a console says nothing of these. */
import { classesOf } from '../failure-class.ts';

export const EMULATOR_END = classesOf('emulator', {
  killed: {
    severity: 'fatal',
    cause: 'QEMU was killed',
    remedy: 'look for the killer: the out-of-memory killer (dmesg), a person, a time limit of the job',
    source: 'src/harness/machine/departure.ts',
  },
  'host-lost': {
    severity: 'fatal',
    cause: 'the connection to the host that QEMU runs on is gone, and QEMU with it',
    remedy: 'look at that host and at the network to it: npx domes doctor',
    source: 'src/harness/machine/departure.ts',
  },
  failed: {
    severity: 'fatal',
    cause: 'QEMU ended with an error',
    remedy: "QEMU's own words name the reason; its arguments are in the run record",
    source: 'src/harness/machine/departure.ts',
  },
  'guest-rebooted': {
    severity: 'fatal',
    cause: 'the guest rebooted, which ends this machine',
    remedy: "read its last lines: a crash often ends in a reboot; onReboot: 'reset' if it is meant to",
    source: 'QEMU qapi/run-state.json ShutdownCause',
  },
  'guest-powered-off': {
    severity: 'fatal',
    cause: 'the guest powered the machine off',
    remedy: 'wait for what you want to see before the guest is told to power off',
    source: 'QEMU qapi/run-state.json ShutdownCause',
  },
  ended: {
    severity: 'fatal',
    cause: 'QEMU ended in order',
    remedy: 'somebody told QEMU to end: a monitor command of the scenario, most likely',
    source: 'QEMU qapi/run-state.json ShutdownCause',
  },
});
