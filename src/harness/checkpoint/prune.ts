/** Takes out of the store what is not wanted any more. */
import type { ImageHome } from '../image/image-home.ts';
import { type Standing, storeStanding } from './standing.ts';
import { discardFolder } from './store/change-store.ts';

export interface PruneWishes {
  /** Of these names or keys only. */
  readonly only?: ReadonlySet<Standing>;
  /** Unused for longer than this, ms. */
  readonly olderThanMs?: number;
  readonly all?: boolean;
  /** Bytes that the rest may take. */
  readonly limit: number;
}

export interface PrunedCheckpoint {
  readonly folder: string;
  /** Absent for a folder that no one knows any more. */
  readonly name?: string;
  readonly key?: string;
  readonly bytes: number;
  /** Why it goes. */
  readonly because: string;
  /** It stays: a machine runs from it, or it is being made. */
  readonly inUse: boolean;
}

/**
 * Removes what no run would restore, what was asked for, and then, the longest unused first, what is over the limit.
 * @param dryRun only say what would go.
 */
export async function pruneCheckpoints(
  home: ImageHome,
  wishes: PruneWishes,
  { dryRun = false } = {},
): Promise<PrunedCheckpoint[]> {
  const pruned: PrunedCheckpoint[] = [];
  for (const candidate of await candidates(home, wishes))
    pruned.push({ ...candidate, inUse: !dryRun && !(await discardFolder(home, candidate.folder)) });
  return pruned;
}

type Candidate = Omit<PrunedCheckpoint, 'inUse'>;

async function candidates(home: ImageHome, wishes: PruneWishes): Promise<Candidate[]> {
  const { checkpoints, damaged } = await storeStanding(home);
  const { only } = wishes;
  if (only) {
    const keys = new Set([...only].map(({ entry }) => entry.note.key));
    return checkpoints
      .filter(({ entry }) => keys.has(entry.note.key))
      .map((standing) => candidate(standing, 'it was named'));
  }
  const rest: Standing[] = [];
  const going: Candidate[] = damaged.map(({ folder, why }) => ({ folder, bytes: 0, because: why }));
  for (const standing of checkpoints) {
    const because = reason(standing, wishes);
    if (because === undefined) rest.push(standing);
    else going.push(candidate(standing, because));
  }
  return [...going, ...overLimit(rest, wishes.limit)];
}

function reason({ entry, stale }: Standing, { all, olderThanMs }: PruneWishes): string | undefined {
  if (all) return 'all were asked for';
  if (stale.length > 0) return stale.join('; ');
  const unusedMs = Date.now() - entry.usedAt;
  if (olderThanMs !== undefined && unusedMs > olderThanMs) return 'it was not used for so long';
  return undefined;
}

/** The longest unused; sizes are counted as if nothing were shared, so that the rest fits in any case. */
function overLimit(rest: readonly Standing[], limit: number): Candidate[] {
  let room = limit;
  return rest.flatMap((standing) => {
    room -= standing.bytes;
    return room < 0 ? [candidate(standing, 'there is no room for it (DOMES_CHECKPOINTS_MAX_GIB)')] : [];
  });
}

function candidate({ entry: { folder, note }, bytes }: Standing, because: string): Candidate {
  return { folder, name: note.name, key: note.key, bytes, because };
}
