/** `domes images list` and `domes images path`. */
import { ScenarioError } from '../../errors.ts';
import { findImage } from '../image/find-image.ts';
import { defaultHome } from '../image/image-home.ts';
import { inventory, type Standing } from '../image/inventory.ts';
import { megabytes } from '../image/megabytes.ts';
import { orNearest } from '../image/nearest-name.ts';
import { alignedRows } from './rows.ts';

export async function listImages({ json }: { json: boolean }): Promise<void> {
  const all = await inventory(defaultHome());
  if (json) process.stdout.write(`${JSON.stringify(all.map(asData), undefined, 2)}\n`);
  else
    process.stdout.write(
      alignedRows([['IMAGE', 'STATE', 'SIZE', 'DIGEST', 'DESCRIPTION'], ...all.map(asRow)]),
    );
}

/** @throws ScenarioError when the image has no such file. */
export async function printPaths(
  name: string,
  file: string | undefined,
  { json }: { json: boolean },
): Promise<void> {
  const { files } = await findImage(name);
  if (file === undefined) {
    process.stdout.write(
      json ? `${JSON.stringify(files, undefined, 2)}\n` : `${Object.values(files).join('\n')}\n`,
    );
    return;
  }
  const path = files[file];
  if (path === undefined)
    throw new ScenarioError(`image ${name} has no file "${file}"${orNearest(file, Object.keys(files))}`);
  process.stdout.write(json ? `${JSON.stringify({ [file]: path })}\n` : `${path}\n`);
}

function asRow({ name, state, why, image, size, spec, overridden }: Standing): string[] {
  const shown = state === 'ready' ? (overridden ? 'ready (your file)' : 'ready') : (why ?? state);
  const digest = image?.digest.slice(0, 12) ?? '';
  return [name, shown, size === undefined ? '' : megabytes(size), digest, spec.description];
}

function asData({ name, state, why, image, size, spec, overridden }: Standing): object {
  return {
    name,
    state,
    ...(why && { why }),
    ...(image && { digest: image.digest, files: image.files, size }),
    overridden,
    source: spec.source,
    description: spec.description,
  };
}
