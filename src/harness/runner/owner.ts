/** `owner.json` in a runner's folder: the process that it belongs to. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HostError } from '../../errors.ts';
import { identify, ProcessIdentity } from './process-identity.ts';

/** Names of runners' folders start with this. */
export const RUNNER_PREFIX = 'runner-';

const OWNER_FILE = 'owner.json';

/** Makes this process the owner. @throws HostError without /proc; the file system's own errors. */
export function writeOwner(folder: string): void {
  const own = identify(process.pid);
  if (!own)
    throw new HostError('DOMES_PROC', '/proc is not mounted: domes needs it to know its own processes');
  const path = join(folder, OWNER_FILE);
  writeFileSync(`${path}.tmp`, JSON.stringify(own), { mode: 0o600 });
  renameSync(`${path}.tmp`, path);
}

/** The owner; `undefined` while the folder is being made, or when that was cut off. */
export function readOwner(folder: string): ProcessIdentity | undefined {
  try {
    return ProcessIdentity.parse(JSON.parse(readFileSync(join(folder, OWNER_FILE), 'utf8')));
  } catch {
    return undefined;
  }
}
