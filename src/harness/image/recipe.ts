/** A recipe: the folder that says from which packages and how an image is built. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ScenarioError } from '../../errors.ts';
import { exactObject, readCheckedJson } from './checked-json.ts';
import { sha256OfFile, sha256OfText } from './digest.ts';
import type { LockedPackage } from './lock-file.ts';
import type { ImageSpec } from './manifest.ts';
import { orNearest } from './nearest-name.ts';

const PackageName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9+.-]+$/, 'not a package name: lower-case letters, digits, "+ - ."');

/**
 * A package by its name; or, by way of a package whose name stays while its dependency's changes (linux-image-amd64),
 * that of its dependencies whose name matches.
 */
const PackageRequest = z.union(
  [
    PackageName,
    exactObject({
      name: PackageName,
      dependsMatching: z.string().refine(isRegExp, 'not a regular expression'),
    }),
  ],
  { error: 'expected a package name, or { "name": "…", "dependsMatching": "regular expression" }' },
);
export type PackageRequest = z.output<typeof PackageRequest>;

const RecipeFile = exactObject({
  packages: z.array(PackageRequest).min(1),
  /** Programs of the host that build.sh runs. */
  tools: z.array(z.string()).default([]),
  /** Files that build.sh writes to $OUT. */
  outputs: z.array(z.string()).min(1),
});

export interface Recipe extends z.output<typeof RecipeFile> {
  /** The folder's full path. */
  readonly folder: string;
  /** As the manifest names it: `recipes/slim-dom0`. */
  readonly shownAs: string;
  /** Digest of all files that can change what is built. */
  readonly digest: string;
}

/**
 * Goes into the key of every recipe image: raise it when the way in which recipes are run changes the outputs.
 */
const BUILDER_VERSION = 1;

/** @throws ScenarioError when the folder or recipe.json is missing or wrong. */
export async function readRecipe(root: string, shownAs: string): Promise<Recipe> {
  const folder = join(root, shownAs);
  const parsed = await readCheckedJson(join(folder, 'recipe.json'), join(shownAs, 'recipe.json'), RecipeFile);
  return { ...parsed, folder, shownAs, digest: await folderDigest(folder) };
}

/**
 * The key of what a recipe makes of these packages.
 * @returns SHA-256, in hex.
 */
export function recipeKey(recipe: Recipe, packages: readonly LockedPackage[]): string {
  const exact = packages.map(({ name, version, architecture, sha256 }) => [
    name,
    version,
    architecture,
    sha256,
  ]);
  return sha256OfText(JSON.stringify(['recipe', BUILDER_VERSION, recipe.digest, exact.sort()]));
}

/** @throws ScenarioError when the manifest names a file that the recipe does not make. */
export function checkOutputs(name: string, spec: ImageSpec, recipe: Recipe): void {
  const made = spec.direct?.onCdrom ? undefined : spec.direct;
  const named: [string, string | undefined][] = [
    ['disk', spec.disk?.file],
    ['cdrom', spec.cdrom],
    ['direct.kernel', made?.kernel],
    ...(made?.modules ?? []).map(({ file }, index): [string, string] => [
      `direct.modules.${index}.file`,
      file,
    ]),
    ...Object.entries(spec.serves ?? {}).map(([name, file]): [string, string] => [`serves.${name}`, file]),
  ];
  for (const [field, file] of named) {
    if (file === undefined || recipe.outputs.includes(file)) continue;
    throw new ScenarioError(
      `images.manifest.json: images.${name}.${field}: ${join(recipe.shownAs, 'recipe.json')} has no output "${file}"` +
        orNearest(file, recipe.outputs),
    );
  }
}

/** Digest of the folder's files: names, contents, executable or not. Notes for people (*.md) change no image. */
async function folderDigest(folder: string): Promise<string> {
  const names = (await readdir(folder, { recursive: true })).filter((name) => !name.endsWith('.md')).sort();
  const lines = await Promise.all(
    names.map(async (name) => {
      const path = join(folder, name);
      const info = await stat(path);
      if (!info.isFile()) return '';
      return `${await sha256OfFile(path)} ${info.mode & 0o100 ? 'x' : '-'} ${name}\n`;
    }),
  );
  return sha256OfText(lines.join(''));
}

function isRegExp(source: string): boolean {
  try {
    return new RegExp(source) instanceof RegExp;
  } catch {
    return false;
  }
}
