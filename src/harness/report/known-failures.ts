/**
 * Failures that somebody has looked at already: `known-failures.json` in the project's root names them by class or by
 * signature, with the place where they are tracked. A known failure is still a failure; the report says that it is known.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { checkJson, exactObject } from '../image/checked-json.ts';
import type { KnownFailure, TestRecord } from './run.ts';

export const KNOWN_FAILURES_FILE = 'known-failures.json';

const Signature = z.string().refine(isPattern, 'is no regular expression');

const Entry = exactObject({
  /** `stage/kebab-label`, or the code of a domes error. */
  class: z.string().optional(),
  /** Regular expression that finds something in the text of the failure. */
  signature: Signature.optional(),
  /** Only in this test file, relative to the project root. */
  file: z.string().optional(),
  /** It becomes a link in the report. */
  tracker: z.url({ protocol: /^https?$/, error: 'expected an address that starts with https:// or http://' }),
  /** Up to and including this day nobody needs to look; `2026-12-31`. */
  snoozeUntil: z.iso.date().optional(),
}).refine((entry) => entry.class ?? entry.signature, {
  error: 'class or signature: one of them says what failure is meant',
});
type Entry = z.infer<typeof Entry>;

const KnownFailures = exactObject({ known: z.array(Entry) });

/** @throws ScenarioError naming the file and the field; a missing file names nothing. */
export function readKnownFailures(root: string): readonly Entry[] {
  const path = join(root, KNOWN_FAILURES_FILE);
  if (!existsSync(path)) return [];
  return checkJson(readFileSync(path, 'utf8'), KNOWN_FAILURES_FILE, KnownFailures).known;
}

/** What is known of a test that did not pass: the first entry that fits what decided. */
export function knownFailure(
  { file, state, troubles: [decided] }: Pick<TestRecord, 'file' | 'state' | 'troubles'>,
  known: readonly Entry[],
  now: Date,
): KnownFailure | undefined {
  if (!decided || state === 'passed' || state === 'skipped') return undefined;
  const entry = known.find(
    (one) =>
      (one.file === undefined || one.file === file) &&
      (one.class === undefined || one.class === decided.type) &&
      (one.signature === undefined || new RegExp(one.signature).test(decided.text)),
  );
  if (!entry) return undefined;
  const { tracker, snoozeUntil } = entry;
  const today = now.toISOString().slice(0, 10);
  return {
    tracker,
    ...(snoozeUntil !== undefined && { snoozeUntil }),
    isSnoozed: snoozeUntil !== undefined && today <= snoozeUntil,
  };
}

function isPattern(source: string): boolean {
  try {
    return new RegExp(source) !== undefined;
  } catch {
    return false;
  }
}
