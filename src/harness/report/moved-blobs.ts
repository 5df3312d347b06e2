/**
 * Blob reports of shards that ran in another folder than the one they are merged in. Vitest (4.1) knows a test file by its
 * full path, and would find none of theirs here.
 */
import { join } from 'node:path';

/** Of Vitest's `File` and its tasks, what has paths in it. */
export interface BlobTask {
  readonly tasks?: readonly BlobTask[];
  readonly result?: { readonly errors?: readonly BlobError[] | undefined } | undefined;
}

export interface BlobError {
  stack?: string | undefined;
  /** The same, taken apart. */
  readonly stacks?: readonly { file: string }[] | undefined;
  readonly cause?: unknown;
}

export interface BlobFile extends BlobTask {
  /** Relative to the root. */
  readonly name: string;
  /** Full. */
  filepath: string;
}

/** Has the files of other roots be files of this one, in the stacks of their errors as well. */
export function moveHere(files: readonly BlobFile[], root: string): void {
  for (const file of files) {
    if (!file.filepath.endsWith(`/${file.name}`)) continue;
    const there = file.filepath.slice(0, -file.name.length - 1);
    if (there === root) continue;
    file.filepath = join(root, file.name);
    for (const error of errorsOf(file)) moveStack(error, there, root);
  }
}

function errorsOf(task: BlobTask): BlobError[] {
  return [...(task.result?.errors ?? []), ...(task.tasks ?? []).flatMap(errorsOf)];
}

function moveStack(error: BlobError, there: string, root: string): void {
  if (typeof error.stack === 'string') error.stack = error.stack.replaceAll(`${there}/`, `${root}/`);
  for (const frame of error.stacks ?? [])
    if (frame.file.startsWith(`${there}/`)) frame.file = join(root, frame.file.slice(there.length));
  const { cause } = error;
  if (typeof cause === 'object' && cause !== null) moveStack(cause as BlobError, there, root);
}
