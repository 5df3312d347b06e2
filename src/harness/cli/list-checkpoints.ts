/** `domes checkpoints list`. */
import { checkpointMode, storeLimit } from '../checkpoint/mode.ts';
import { type Standing, storeStanding } from '../checkpoint/standing.ts';
import { storeFolder } from '../checkpoint/store/store-folder.ts';
import { defaultHome } from '../image/image-home.ts';
import { megabytes } from '../image/megabytes.ts';
import { ageText } from './age.ts';
import { alignedRows } from './rows.ts';

/** Digits of a key that are shown; `show` and `prune` take them. */
const SHOWN_DIGITS = 8;

export async function listCheckpoints({ json }: { json: boolean }): Promise<void> {
  const home = defaultHome();
  const { checkpoints, damaged, totalBytes } = await storeStanding(home);
  if (json) {
    const all = checkpoints.map(checkpointAsData);
    process.stdout.write(`${JSON.stringify({ checkpoints: all, damaged, totalBytes }, undefined, 2)}\n`);
    return;
  }
  if (checkpoints.length > 0)
    process.stdout.write(
      alignedRows([
        ['CHECKPOINT', 'KEY', 'KIND', 'SIZE', 'MADE', 'USED', 'STATE'],
        ...asTree(checkpoints).map(([depth, standing]) => asRow(depth, standing)),
      ]),
    );
  for (const { folder, why } of damaged) process.stdout.write(`damaged: ${folder} (${why})\n`);
  const mode = checkpointMode(home.env);
  process.stdout.write(
    `${megabytes(totalBytes)} of ${megabytes(storeLimit(home.env))} in ${storeFolder(home)}` +
      `${mode === 'on' ? '' : ` (DOMES_CHECKPOINTS is ${mode})`}\n`,
  );
}

/** A stored checkpoint as programs read it. */
export function checkpointAsData({ entry: { folder, note, usedAt }, bytes, stale }: Standing): object {
  return { ...note, usedAt: new Date(usedAt).toISOString(), bytes, folder, stale };
}

/** Each below the one that it starts from, where that is stored; with its depth. */
export function asTree(all: readonly Standing[]): [depth: number, standing: Standing][] {
  const keys = new Set(all.map(({ entry }) => entry.note.key));
  const below = (parent: string | undefined, depth: number): [number, Standing][] =>
    all
      .filter(({ entry: { note } }) => {
        const stored = note.parent && keys.has(note.parent.key) ? note.parent.key : undefined;
        return stored === parent;
      })
      .flatMap((standing) => [[depth, standing], ...below(standing.entry.note.key, depth + 1)]);
  return below(undefined, 0);
}

function asRow(depth: number, { entry: { note, usedAt }, bytes, stale }: Standing): string[] {
  const now = Date.now();
  return [
    `${'  '.repeat(depth)}${note.name}`,
    note.key.slice(0, SHOWN_DIGITS),
    note.parts.kind,
    megabytes(bytes),
    ageText(now - Date.parse(note.createdAt)),
    ageText(now - usedAt),
    stale.length > 0 ? `stale: ${stale.join('; ')}` : 'good',
  ];
}
