/**
 * Starts QEMU on this host, connected by socket pairs that it inherits. Nobody else can connect to them, there is no
 * socket file to wait for, and every console has its client before the first instruction runs.
 */
import type { ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import type { Duplex } from 'node:stream';
import { FileConsole } from '../console/file-console.ts';
import { FIRMWARE_CONSOLE } from '../console/port.ts';
import { requireProgram } from '../host/programs.ts';
import { QEMU } from '../host/qemu-version.ts';
import { processStat } from '../runner/process-stat.ts';
import { qemuArgv } from './argv.ts';
import { bootFolder, namedBoot } from './boot-files.ts';
import { isReplayable } from './determinism.ts';
import { layConsoles, openConsoles } from './recording.ts';
import { runQueueWaitMs } from './run-queue.ts';
import { type SpawnOptions, spawnQemu } from './spawn.ts';
import type { MachineSpec } from './spec.ts';
import type { QemuExit, QemuStartOptions, StartedQemu } from './started-qemu.ts';
import { inheritedWires } from './wires.ts';

/** 0–2 are the standard streams; QMP is next, then the consoles. */
const QMP_FD = 3;

/** So much of QEMU's standard error is kept. */
const STDERR_CHARACTERS = 8_192;

/** As `StartQemu`. @throws HostSetupError when QEMU isn't installed; else as spawnQemu and layConsoles do. */
export async function startHere(
  spec: MachineSpec,
  logFile: (console: string) => string,
  { ram, deviceState, cable, recording }: QemuStartOptions,
): Promise<StartedQemu> {
  const names = [FIRMWARE_CONSOLE, ...Object.keys(spec.consoles)];
  const files = recording && layConsoles(recording, names, logFile);
  const sockets = 1 + (files ? 0 : names.length);
  // Behind the sockets: the saved state, the memory, the cable, those of them that there are.
  const deviceFd = QMP_FD + sockets;
  const ramFd = deviceFd + (deviceState === undefined ? 0 : 1);
  const cableFd = cable && ramFd + (ram ? 1 : 0);
  const consoles = new Map(names.map((name, index) => [name, QMP_FD + 1 + index]));
  const named = recording && isReplayable(files) ? namedBoot(spec.boot) : undefined;
  const argv = [
    requireProgram(QEMU),
    ...qemuArgv(
      { ...spec, boot: named?.boot ?? spec.boot },
      inheritedWires({ qmp: QMP_FD, consoles, cable: cableFd }, logFile),
      {
        isIncoming: deviceState !== undefined,
        recording: files,
        ram: ram && { file: `/proc/self/fd/${ramFd}`, isShared: ram.isShared },
      },
    ),
  ];
  const scheduling = files?.mode === 'replay' ? 'one-cpu' : 'normal';
  const cwd = recording && named && bootFolder(recording.folder, named);
  const child = spawnWithState(argv, sockets, { deviceState, ram, cable, scheduling, cwd });
  // QEMU has its own copy.
  cable?.destroy();
  return started(child, {
    argv,
    incomingUri: deviceState === undefined ? undefined : `fd:${deviceFd}`,
    consoles: files
      ? openConsoles(files, names)
      : new Map(names.map((name, index) => [name, child.stdio[QMP_FD + 1 + index] as Duplex])),
  });
}

function started(
  child: ChildProcess,
  facts: Pick<StartedQemu, 'argv' | 'consoles' | 'incomingUri'>,
): StartedQemu {
  const pid = child.pid as number;
  let stderr = '';
  // A socket that is reset before somebody listens to it would end this process.
  for (const stream of child.stdio) stream?.on('error', () => {});
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-STDERR_CHARACTERS);
  });
  const exited = new Promise<QemuExit>((resolve) => {
    child.once('close', (code, signal) => {
      for (const console of facts.consoles.values()) if (console instanceof FileConsole) console.finish();
      resolve({ code, signal });
    });
  });
  return {
    ...facts,
    pid,
    exited,
    qmp: child.stdio[QMP_FD] as Duplex,
    stderr: () => stderr,
    cost: () => ({ cpuMs: processStat(pid)?.cpuMs ?? 0, hostWaitMs: runQueueWaitMs(pid) }),
    kill: () => void child.kill('SIGKILL'),
    close() {
      for (const stream of child.stdio) stream?.destroy();
      for (const console of facts.consoles.values()) console.destroy();
    },
  };
}

/**
 * QEMU inherits the saved state and the memory as open files: it has no `file:` to migrate from (before 8.2), and where
 * there is no memory file it would make an empty one.
 */
function spawnWithState(
  argv: readonly string[],
  sockets: number,
  {
    deviceState,
    ram,
    cable,
    scheduling,
    cwd,
  }: Pick<QemuStartOptions, 'deviceState' | 'ram' | 'cable'> &
    Required<Pick<SpawnOptions, 'scheduling'>> & { readonly cwd: string | undefined },
): ChildProcess {
  const files: number[] = [];
  try {
    if (deviceState !== undefined) files.push(openSync(deviceState, 'r'));
    if (ram) files.push(openSync(ram.file, 'r+'));
    return spawnQemu(argv, sockets, [...files, ...(cable ? [cable] : [])], {
      scheduling,
      ...(cwd && { cwd }),
    });
  } finally {
    for (const fd of files) closeSync(fd);
  }
}
