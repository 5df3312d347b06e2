/** Scenarios with one step, tried for whether it is refused. */
import { expect } from 'vitest';
import { ScenarioError } from '../../../../errors.ts';
import { stepFingerprint } from '../fingerprint.ts';
import { createProject, SCENARIO } from './project.ts';

const OPTIONS = '{ from: installed }';

/** A scenario whose step does something, with lines before it; the step is in the line after those. */
export function scenario(step: string, { before = '', options = OPTIONS } = {}): string {
  return `${before}${before && '\n'}checkpoint('updated', ${options}, async (machine) => { ${step} });
import { checkpoint, installed } from 'domes';
`;
}

/** Fingerprints the step in a project with these files; it must be refused. */
export async function refusalOf(
  text: string,
  files: Readonly<Record<string, string>> = {},
): Promise<ScenarioError> {
  await using project = await createProject({ [SCENARIO]: text, ...files });
  const error = await stepFingerprint({ file: project.scenario, name: 'updated' }).catch(
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ScenarioError)) expect.unreachable(`it was not refused but: ${String(error)}`);
  return error;
}

/** The same for one that must not be refused. */
export async function accepts(text: string, files: Readonly<Record<string, string>> = {}): Promise<void> {
  await using project = await createProject({ [SCENARIO]: text, ...files });
  await stepFingerprint({ file: project.scenario, name: 'updated' });
}
