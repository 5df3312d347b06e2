/** checkpoint() as far as its caller and its step's code go: a file of the harness between a scenario and the tried code. */
import { appendFileSync } from 'node:fs';
import { callerFile } from '../caller-file.ts';
import { stepFingerprint } from '../fingerprint.ts';

/** Writes who called, and the step's parts, to the file that the environment names. */
export async function checkpoint(name: string, _options: object, step: unknown): Promise<void> {
  const file = callerFile();
  const transformed = String(step);
  const told = await stepFingerprint({ file, name }).then(
    ({ parts }) => ({ file, transformed, parts }),
    (error: unknown) => ({ file, transformed, error: String(error) }),
  );
  appendFileSync(process.env.DOMES_TOLD ?? '', `${JSON.stringify(told)}\n`);
}
