/** Why a step's code can't stand for what the step does: one message that names the place, the name and the remedy. */
import { relative } from 'node:path';
import { ScenarioError } from '../../../errors.ts';
import { lineAt, type SourceFile } from './syntax.ts';

/** Whose fingerprint is taken: every refusal says for which checkpoint it matters. */
export interface Subject {
  readonly name: string;
  readonly file: string;
  /** What paths are shown and hashed relative to. */
  readonly root: string;
}

export interface Refusal {
  readonly source: SourceFile;
  readonly offset: number;
  /** What uses it: `step updated`, `function loginAs in scenarios/login.ts`. */
  readonly by: string;
  /** What is used, as it is written: `counter`, `process.env.HOST`. */
  readonly what: string;
  /** Goes on after `what`: `which is reassigned in line 20`. */
  readonly why: string;
  readonly next: string;
}

/** `scenarios/login.test.ts:14`. */
export function placeOf({ path, text }: SourceFile, offset: number, root: string): string {
  return `${shownPath(path, root)}:${lineAt(text, offset)}`;
}

export function shownPath(path: string, root: string): string {
  return relative(root, path).replaceAll('\\', '/');
}

export function refused(refusal: Refusal, { name, root }: Subject): ScenarioError {
  const { source, offset, by, what, why, next } = refusal;
  const place = placeOf(source, offset, root);
  const user = by === `step ${name}` ? 'its step' : by;
  return new ScenarioError(`${place}: checkpoint "${name}" can't be cached: ${user} uses ${what}, ${why}`, {
    next,
  });
}
