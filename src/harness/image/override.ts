/** `DOMES_IMAGE_<name>=path`: a file of the user's in place of an image's own disk, CD or kernel. */
import { open } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { ScenarioError } from '../../errors.ts';
import { type DiskFormat, type ImageSpec, MANIFEST_FILE, type Manifest } from './manifest.ts';
import { orNearest } from './nearest-name.ts';

const PREFIX = 'DOMES_IMAGE_';

/**
 * The image's spec as the environment changes it, or the spec itself. What the file replaces, kernel files for a
 * direct boot included, is gone; the machine's defaults stay, and so does a direct boot from files on the CD.
 * @throws ScenarioError when the environment names an image that is not in the manifest.
 */
export async function overridden(
  name: string,
  spec: ImageSpec,
  manifest: Manifest,
  env: NodeJS.ProcessEnv,
): Promise<ImageSpec> {
  checkNames(manifest, env);
  const path = overrideOf(name, env);
  if (path === undefined) return spec;
  const { description, machine, direct, kernel } = spec;
  const file = resolve(path);
  const common = { description, machine, source: { kind: 'file' as const, file } };
  if (kernel !== undefined) return { ...common, kernel: basename(file) };
  if (/\.iso$/i.test(file)) return { ...common, cdrom: basename(file), ...(direct?.onCdrom && { direct }) };
  return { ...common, disk: { file: basename(file), format: await formatOf(file) } };
}

/** The path that the environment gives for an image. `slim-dom0` is DOMES_IMAGE_SLIM_DOM0, in whatever case. */
export function overrideOf(name: string, env: NodeJS.ProcessEnv): string | undefined {
  const variable = Object.keys(env).find(
    (key) => key.startsWith(PREFIX) && spelling(key) === spelling(PREFIX + name),
  );
  return variable && env[variable] ? env[variable] : undefined;
}

function checkNames(manifest: Manifest, env: NodeJS.ProcessEnv): void {
  const known = Object.keys(manifest.images).map((name) => spelling(PREFIX + name));
  for (const key of Object.keys(env))
    if (key.startsWith(PREFIX) && !known.includes(spelling(key)))
      throw new ScenarioError(
        `${key} is set, but ${MANIFEST_FILE} has no such image${orNearest(spelling(key), known)}`,
      );
}

/** The environment variable for an image. */
export function overrideVariable(name: string): string {
  return spelling(PREFIX + name);
}

/** What may stand in the name of an environment variable, in one case. */
function spelling(name: string): string {
  return name.toUpperCase().replace(/[^A-Z0-9]/g, '_');
}

/** By the file's first bytes: cloud images are often qcow2 under the name `.img`. A missing file is reported later. */
async function formatOf(path: string): Promise<DiskFormat> {
  try {
    await using file = await open(path);
    const { buffer } = await file.read(Buffer.alloc(4), 0, 4, 0);
    return buffer.toString('latin1') === 'QFI\xfb' ? 'qcow2' : 'raw';
  } catch {
    return 'raw';
  }
}
