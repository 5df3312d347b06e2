/** `domes checkpoints prune`. */
import { compressResting } from '../checkpoint/at-rest.ts';
import { storeLimit } from '../checkpoint/mode.ts';
import { type PrunedCheckpoint, pruneCheckpoints } from '../checkpoint/prune.ts';
import { storeStanding } from '../checkpoint/standing.ts';
import { defaultHome } from '../image/image-home.ts';
import { megabytes } from '../image/megabytes.ts';
import { ageMs } from './age.ts';
import { cancelledBySignals } from './cancel.ts';
import type { PruneOptions } from './checkpoints.ts';
import { findCheckpoints } from './find-checkpoints.ts';
import { alignedRows } from './rows.ts';

/** @throws ScenarioError when nothing of a name is stored, or for an age that is none. */
export async function pruneStored(names: readonly string[], options: PruneOptions): Promise<void> {
  const { olderThan, all = false, compress = false, dryRun = false, json = false } = options;
  const home = defaultHome();
  const limit = storeLimit(home.env);
  const { checkpoints } = names.length > 0 ? await storeStanding(home) : { checkpoints: [] };
  const only = new Set(names.flatMap((name) => findCheckpoints(name, checkpoints)));
  const wishes = {
    ...{ all, limit },
    ...(names.length > 0 && { only }),
    ...(olderThan !== undefined && { olderThanMs: ageMs(olderThan) }),
  };
  const pruned = await pruneCheckpoints(home, wishes, { dryRun });
  if (json) process.stdout.write(`${JSON.stringify(pruned, undefined, 2)}\n`);
  else process.stdout.write(render(pruned, dryRun));
  if (!compress || dryRun) return;
  using cancel = cancelledBySignals();
  const saved = await compressResting(home, { unusedForMs: 0, signal: cancel.signal });
  if (!json) process.stdout.write(`${megabytes(saved)} saved by compression\n`);
}

function render(pruned: readonly PrunedCheckpoint[], dryRun: boolean): string {
  if (pruned.length === 0) return 'nothing to remove\n';
  const rows = pruned.map(({ bytes, name, key, folder, because, inUse }) => [
    megabytes(bytes),
    name === undefined ? folder : `${name} ${key?.slice(0, 8)}`,
    inUse ? 'stays: it is in use' : because,
  ]);
  const gone = pruned.filter(({ inUse }) => !inUse).reduce((sum, { bytes }) => sum + bytes, 0);
  return `${alignedRows(rows)}${megabytes(gone)} ${dryRun ? 'would be removed' : 'removed'}\n`;
}
