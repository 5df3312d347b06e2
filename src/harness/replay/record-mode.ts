/** Which machines are recorded, and which recordings are kept, as the environment says. */
import { ScenarioError } from '../../errors.ts';

/** `on-failure` records every run from power-on, for nobody knows before; what it keeps are those that fail. */
export type RecordMode = 'on-failure' | 'always';

/** `DOMES_RECORD`; `undefined` without it. @throws ScenarioError for another word. */
export function recordMode(env: NodeJS.ProcessEnv = process.env): RecordMode | undefined {
  const wanted = env.DOMES_RECORD;
  if (!wanted) return undefined;
  if (wanted === 'on-failure' || wanted === 'always') return wanted;
  throw new ScenarioError(`DOMES_RECORD is "${wanted}": expected on-failure or always`);
}
