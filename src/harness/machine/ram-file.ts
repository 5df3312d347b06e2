/** A guest's memory as a file. */
import { closeSync, openSync, rmSync } from 'node:fs';
import type { RamFile } from '../qemu/argv.ts';

/** Memory that holds nothing yet; QEMU gives the file its size. It is for this user only: a guest's secrets are in it. */
export function emptyRamFile(file: string): RamFile {
  rmSync(file, { force: true });
  closeSync(openSync(file, 'wx', 0o600));
  return { file, isShared: true };
}
