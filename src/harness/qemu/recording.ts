/** The files of a recorded machine's consoles, as QEMU's chardev `pipe` wants them. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { HostError } from '../../errors.ts';
import { FileConsole } from '../console/file-console.ts';
import { requireProgram } from '../host/programs.ts';
import type { RecordingArguments, ReplayState } from './determinism.ts';

/** What a machine is recorded to, or replayed from. */
export interface Recording {
  readonly mode: RecordingArguments['mode'];
  readonly file: string;
  /** Private folder for the consoles' FIFOs. */
  readonly folder: string;
  readonly state?: ReplayState | undefined;
}

/** Where a machine's recording is while it runs. */
export function recordingIn(logFolder: string): string {
  return join(logFolder, 'recording');
}

/** Where the capsule of a recorded machine is, when it is kept. */
export function capsuleIn(logFolder: string): string {
  return join(logFolder, 'capsule');
}

/**
 * Makes the ends of the consoles. What QEMU writes is in `logFile(console)`.
 * @throws HostError when they can't be made; HostSetupError without mkfifo.
 */
export function layConsoles(
  { mode, file, folder, state }: Recording,
  consoles: readonly string[],
  logFile: (console: string) => string,
): RecordingArguments {
  const place = join(folder, 'consoles');
  rmSync(place, { recursive: true, force: true });
  mkdirSync(place, { mode: 0o700 });
  const consolePath = (console: string) => join(place, console);
  const fifos = consoles.map((console) => `${consolePath(console)}.in`);
  const { status, stderr } = spawnSync(requireProgram('mkfifo'), ['-m', '600', ...fifos], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new HostError('DOMES_CONSOLE_FILE', `cannot make FIFOs: ${stderr?.trim()}`);
  for (const console of consoles) {
    const log = resolve(logFile(console));
    writeFileSync(log, '');
    symlinkSync(log, `${consolePath(console)}.out`);
  }
  return { mode, file: resolve(file), consolePath, state: state && { ...state, file: resolve(state.file) } };
}

/** Our side of them. */
export function openConsoles(
  { consolePath }: RecordingArguments,
  consoles: readonly string[],
): Map<string, FileConsole> {
  return new Map(
    consoles.map((name) => [name, new FileConsole(`${consolePath(name)}.out`, `${consolePath(name)}.in`)]),
  );
}
