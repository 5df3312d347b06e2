/** All images of the manifest and how each stands: for `domes images` and `domes doctor`. */
import { stat } from 'node:fs/promises';
import { lookUpImage } from './find-image.ts';
import type { Image } from './image.ts';
import type { ImageHome } from './image-home.ts';
import { type ImageSpec, readManifest } from './manifest.ts';
import { overridden, overrideOf } from './override.ts';

export interface Standing {
  readonly name: string;
  readonly spec: ImageSpec;
  readonly state: 'ready' | 'damaged' | 'absent';
  /** Why it is not ready. */
  readonly why?: string;
  readonly image?: Image;
  /** Bytes of its files. */
  readonly size?: number;
  /** Set by DOMES_IMAGE_…. */
  readonly overridden: boolean;
}

/** @throws ScenarioError for mistakes in the manifest or a recipe. */
export async function inventory(home: ImageHome): Promise<Standing[]> {
  const manifest = await readManifest(home.root);
  return Promise.all(
    Object.entries(manifest.images).map(async ([name, own]): Promise<Standing> => {
      const spec = await overridden(name, own, manifest, home.env);
      const found = await lookUpImage(home, name, spec);
      const common = { name, spec, overridden: overrideOf(name, home.env) !== undefined };
      if (found.is !== 'ready') return { ...common, state: found.is, why: found.why };
      return { ...common, state: 'ready', image: found.image, size: await sizeOf(found.image) };
    }),
  );
}

/** Bytes of an image's files. */
export async function sizeOf({ files }: Image): Promise<number> {
  const infos = await Promise.all(Object.values(files).map((path) => stat(path)));
  return infos.reduce((sum, { size }) => sum + size, 0);
}
