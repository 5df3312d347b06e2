/** `domes checkpoints show`. */
import { readdir } from 'node:fs/promises';
import { type Standing, storeStanding } from '../checkpoint/standing.ts';
import { defaultHome } from '../image/image-home.ts';
import { megabytes } from '../image/megabytes.ts';
import { ageText } from './age.ts';
import { findCheckpoints } from './find-checkpoints.ts';
import { checkpointAsData } from './list-checkpoints.ts';
import { alignedRows } from './rows.ts';

/** @throws ScenarioError when nothing of that name or key is stored. */
export async function showCheckpoints(called: string, { json }: { json: boolean }): Promise<void> {
  const { checkpoints } = await storeStanding(defaultHome());
  const found = findCheckpoints(called, checkpoints);
  if (json) {
    process.stdout.write(`${JSON.stringify(found.map(checkpointAsData), undefined, 2)}\n`);
    return;
  }
  const texts = await Promise.all(found.map(async (standing) => alignedRows(await rowsOf(standing))));
  process.stdout.write(texts.join('\n'));
}

async function rowsOf({ entry: { folder, note, usedAt }, bytes, stale }: Standing): Promise<string[][]> {
  const { parts } = note;
  const now = Date.now();
  const files = await readdir(folder).catch(() => []);
  return [
    ['checkpoint', note.name],
    ['declared in', note.file],
    ['key', note.key],
    ['state', stale.length > 0 ? `stale: ${stale.join('; ')}` : 'good'],
    [
      'starts from',
      note.parent ? `${note.parent.name} ${note.parent.key.slice(0, 8)}` : `image ${note.image}`,
    ],
    ['saved as', parts.kind],
    [
      'made',
      `${ageText(now - Date.parse(note.createdAt))} ago; its step took ${Math.round(note.stepTookMs)} ms`,
    ],
    ['used', `${ageText(now - usedAt)} ago`],
    ['size', `${megabytes(bytes)} on the disk`],
    ['folder', folder],
    ['files', files.sort().join(', ')],
    ['image', `${note.image} ${parts.image.slice(0, 12)}`],
    ['QEMU', parts.qemu],
    ['machine', JSON.stringify(parts.machine)],
    ['arguments', parts.argv.join(' ')],
    ['inputs', JSON.stringify(parts.inputs)],
    ...note.source.map(({ what, digest }, index) => [
      index === 0 ? 'step' : '',
      `${digest.slice(0, 12)}  ${what}`,
    ]),
  ];
}
