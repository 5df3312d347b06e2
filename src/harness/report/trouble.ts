/**
 * What an error means for the report. The one rule: `<failure>` says that the system under test misbehaved, so
 * only the guest's failures and assertions that did not hold are failures. A wrong script, QEMU, the host, a
 * crash or a cancelled run are errors: they say nothing about the guest.
 */
import { isAbsolute, relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { type Failure, failureOf } from '../../errors.ts';
import type { TroubleRecord } from './run.ts';

/** The part of Vitest's serialised errors that is read here. */
export interface SerializedError {
  readonly name?: string;
  readonly message?: string;
  readonly diff?: string;
  readonly stacks?: readonly { readonly file: string; readonly line: number; readonly column: number }[];
  readonly cause?: unknown;
}

/** Classifies an error and renders it; paths become relative to `root`. */
export function troubleOf(error: unknown, root: string): TroubleRecord {
  const failure = failureOf(error);
  const { name, message } = nameAndMessage(error);
  return {
    kind: isFailure(name, failure) ? 'failure' : 'error',
    type: failure ? typeOf(failure) : name,
    summary: failure?.summary ?? message.split('\n', 1)[0] ?? '',
    text: textOf(error, root),
    ...(failure && { code: failure.code, blame: failure.blame }),
  };
}

function isFailure(name: string, failure: Failure | undefined): boolean {
  return failure ? failure.blame === 'guest' : name === 'AssertionError';
}

function typeOf({ code, failureClass, facts }: Failure): string {
  // The fact reads `stage/kebab-label: cause; remedy`.
  return failureClass ?? facts.failureClass?.match(/^[a-z-]+\/[a-z0-9-]+/)?.[0] ?? code;
}

function nameAndMessage(error: unknown): { name: string; message: string } {
  const { name, message } = (typeof error === 'object' && error !== null ? error : {}) as SerializedError;
  return {
    // Vitest's printer marks the name of a cause in place.
    name: (name || 'Error').replace(/^(Caused by: )+/, ''),
    message: stripVTControlCharacters(message ?? String(error)),
  };
}

function textOf(error: unknown, root: string, depth = 0): string {
  const { name, message } = nameAndMessage(error);
  const { diff, stacks, cause } = (
    typeof error === 'object' && error !== null ? error : {}
  ) as SerializedError;
  const parts = [`${name}: ${message}`];
  if (diff) parts.push('', stripVTControlCharacters(diff), '');
  for (const frame of stacks ?? [])
    parts.push(`  at ${shortPath(frame.file, root)}:${frame.line}:${frame.column}`);
  // Causes may be circular.
  if (typeof cause === 'object' && cause !== null && depth < 4)
    parts.push(`caused by ${textOf(cause, root, depth + 1)}`);
  return parts.join('\n');
}

function shortPath(file: string, root: string): string {
  const path = relative(root, file);
  return path.startsWith('..') || isAbsolute(path) ? file : path;
}
