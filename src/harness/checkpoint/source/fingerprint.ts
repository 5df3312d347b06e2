/** The fingerprint of a checkpoint's step: what its code is, with everything of the project that it uses. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { lookUp, scopesAround } from './bindings.ts';
import { findCheckpointCall } from './checkpoint-call.ts';
import { readModule } from './module.ts';
import { ownDigest } from './own-source.ts';
import { type FingerprintPart, partsOfStep } from './reach.ts';
import { digestOfTexts } from './tokens.ts';

export type { FingerprintPart };

export interface StepFingerprint {
  /** SHA-256 in hex, over all parts. */
  readonly digest: string;
  /** Ordered by `what`. */
  readonly parts: readonly FingerprintPart[];
}

/**
 * Fingerprints the step of `checkpoint(name, …, step)` from the source text on disk. Comments, layout, types,
 * the order of imports and other tests of the file don't count; the name does, the options don't: what they
 * hold is the caller's to hash by value.
 *
 * A module counts by the names of it that are used and by what it does when it is loaded; a package by its version.
 * What a step reads from the host while it runs (files, the network) isn't seen: read it outside, and declare it.
 * @param step `file` is the scenario's absolute path, `name` the first argument of checkpoint() there.
 * @throws ScenarioError naming file, line and identifier when the call isn't found, or when the step uses
 *   something whose value isn't in the code.
 */
export async function stepFingerprint(step: { file: string; name: string }): Promise<StepFingerprint> {
  const subject = { ...step, root: projectOf(step.file) };
  const module = await readModule(step.file);
  const call = findCheckpointCall(module, subject);
  const at = { module, scopes: scopesAround(call.ancestors) };
  const inputs = await Promise.all(call.inputs.map(({ name }) => lookUp(String(name), at, subject)));
  const parts = [
    { what: 'domes itself', digest: await ownDigest() },
    ...(await partsOfStep(
      { step: call.step, at, inputs: new Set(inputs.map(({ label }) => label)) },
      subject,
    )),
  ].sort((one, other) => (one.what < other.what ? -1 : 1));
  return { digest: digestOfTexts(parts.flatMap(({ what, digest }) => [what, digest])), parts };
}

/** The folder that paths are relative to: the nearest one with a package.json. */
function projectOf(file: string): string {
  const home = dirname(file);
  for (let folder = home; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder;
    if (folder === dirname(folder)) return home;
  }
}
