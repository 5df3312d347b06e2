/** Stored checkpoints by what a person calls them. */
import { ScenarioError } from '../../errors.ts';
import type { Standing } from '../checkpoint/standing.ts';
import { nearestName } from '../image/nearest-name.ts';

/** So many digits of a key are enough to mean it. */
const KEY_BEGINNING = /^[0-9a-f]{4,64}$/;

/**
 * Those of this name, or whose key begins so; the latest used first.
 * @throws ScenarioError with the nearest right name when there is none.
 */
export function findCheckpoints(called: string, all: readonly Standing[]): Standing[] {
  const named = all.filter(({ entry }) => entry.note.name === called);
  if (named.length > 0) return named;
  const keyed = KEY_BEGINNING.test(called)
    ? all.filter(({ entry }) => entry.note.key.startsWith(called))
    : [];
  if (keyed.length > 0) return keyed;
  const names = [...new Set(all.map(({ entry }) => entry.note.name))];
  const near = nearestName(called, names);
  throw new ScenarioError(`no checkpoint "${called}" is stored${near ? ` (did you mean "${near}"?)` : ''}`, {
    next: names.length > 0 ? 'npx domes checkpoints list shows what is stored' : 'nothing is stored at all',
  });
}
