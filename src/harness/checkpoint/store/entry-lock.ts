/**
 * The two locks of a stored checkpoint, both held by the kernel for as long as their holder lives. `making`: who
 * makes it, and everybody who wants it meanwhile waits. `use`: shared by the machines that run from its files; who
 * takes it away must have it alone.
 */
import { lock, tryLock } from '../../image/exclusive.ts';
import type { ImageHome } from '../../image/image-home.ts';
import { entryName } from './store-folder.ts';

interface Wanted {
  readonly name: string;
  readonly key: string;
}

export interface WaitForLock {
  readonly signal?: AbortSignal | undefined;
  /** Called once if somebody else holds it, with what is known about them. */
  readonly onWait?: (owner: string) => void;
}

/** @throws AbortError when the signal comes first. */
export function lockForMaking(home: ImageHome, wanted: Wanted, wait: WaitForLock): Promise<AsyncDisposable> {
  return lock(home, makingName(entryName(wanted.name, wanted.key)), wait);
}

/** @throws AbortError when the signal comes first. */
export function lockForUse(
  home: ImageHome,
  wanted: Wanted,
  { signal }: WaitForLock,
): Promise<AsyncDisposable> {
  return lock(home, useName(entryName(wanted.name, wanted.key)), { signal, shared: true });
}

/** Both locks of the entry whose folder has this name; undefined while it is being made or used. */
export async function tryLockForRemoval(
  home: ImageHome,
  folderName: string,
): Promise<AsyncDisposable | undefined> {
  const making = await tryLock(home, makingName(folderName));
  if (!making) return undefined;
  let use: AsyncDisposable | undefined;
  try {
    use = await tryLock(home, useName(folderName));
  } finally {
    if (!use) await making[Symbol.asyncDispose]();
  }
  return (
    use && {
      async [Symbol.asyncDispose]() {
        await use[Symbol.asyncDispose]();
        await making[Symbol.asyncDispose]();
      },
    }
  );
}

/** The lock on the use of an entry that this process is making; undefined while machines run from what was there. */
export function tryLockForReplacing(home: ImageHome, wanted: Wanted): Promise<AsyncDisposable | undefined> {
  return tryLock(home, useName(entryName(wanted.name, wanted.key)));
}

const makingName = (folderName: string) => `checkpoint-${folderName}.making`;
const useName = (folderName: string) => `checkpoint-${folderName}.use`;
