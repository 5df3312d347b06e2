/** Loaded before a scenario: nothing of its consoles is kept in files, and nobody is told of its machines. */
import { vi } from 'vitest';
import { AppendFile } from '../../src/harness/console/append-file.ts';
import { ConsoleLog } from '../../src/harness/console/log-files.ts';
import { MachineEvents } from '../../src/harness/scenario/machine-events.ts';

const nothing = () => {};

AppendFile.prototype.append = nothing;
ConsoleLog.prototype.received = nothing;
ConsoleLog.prototype.sent = nothing;
MachineEvents.prototype.follow = nothing;

// QEMU's own logs of the raw bytes.
vi.mock('../../src/harness/qemu/argv.ts', async (original) => {
  const real = await original<typeof import('../../src/harness/qemu/argv.ts')>();
  const qemuArgv: typeof real.qemuArgv = (...parts) =>
    real.qemuArgv(...parts).map((argument) => argument.replace(/,logfile=.*,logappend=on$/, ''));
  return { ...real, qemuArgv };
});
