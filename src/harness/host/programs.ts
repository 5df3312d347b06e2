/** The programs of this host that domes runs. A missing one is answered with the command that installs it. */
import {
  findProgram,
  installLine,
  type MissingProgram,
  missingPrograms,
  programsFor,
} from '../../../setup/host-packages.mjs';
import { HostSetupError } from '../../errors.ts';

export { findProgram, installLine, type MissingProgram, missingPrograms, programsFor };

/**
 * Full path of a program.
 * @throws HostSetupError when it is missing, with what it is for and the line that installs it.
 */
export function requireProgram(name: string): string {
  const path = findProgram(name);
  if (path === undefined) requirePrograms([name]);
  return path as string;
}

/** @throws HostSetupError when any of them is missing. */
export function requirePrograms(names: readonly string[]): void {
  const missing = missingPrograms(names);
  if (missing.length === 0) return;
  const list = missing.map(({ program, why }) => `${program} (${why})`).join(', ');
  throw new HostSetupError(`missing on this host: ${list}`, { next: installLine(missing) });
}
