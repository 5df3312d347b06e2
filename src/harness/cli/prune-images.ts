/** `domes images prune`. */
import { defaultHome } from '../image/image-home.ts';
import { megabytes } from '../image/megabytes.ts';
import { prune } from '../image/prune.ts';

export async function pruneImages({
  dryRun = false,
  json = false,
}: {
  dryRun?: boolean;
  json?: boolean;
}): Promise<void> {
  const pruned = await prune(defaultHome(), { dryRun });
  if (json) {
    process.stdout.write(`${JSON.stringify(pruned, undefined, 2)}\n`);
    return;
  }
  for (const { path, size } of pruned) process.stdout.write(`${megabytes(size).padStart(9)}  ${path}\n`);
  const total = megabytes(pruned.reduce((sum, { size }) => sum + size, 0));
  process.stdout.write(
    pruned.length === 0 ? 'nothing to remove\n' : `${total} ${dryRun ? 'would be removed' : 'removed'}\n`,
  );
}
