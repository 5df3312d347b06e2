/**
 * Names of an image's files instead of their paths, which differ from host to host: what a snapshot says about its
 * machine must not depend on where somebody keeps the images.
 */
import { SnapshotError } from '../../errors.ts';
import type { Image } from '../image/image.ts';

const PREFIX = 'image:';

/** Replaces, anywhere in a value, the path of an image's file by `image:NAME`. */
export function portable<T>(value: T, image: Image | undefined): T {
  const names = new Map(Object.entries(image?.files ?? {}).map(([name, path]) => [path, PREFIX + name]));
  return mapped(value, (text) => names.get(text) ?? text) as T;
}

/** The way back. @throws SnapshotError when the image has no such file. */
export function placed<T>(value: T, image: Image | undefined): T {
  return mapped(value, (text) => {
    if (!text.startsWith(PREFIX)) return text;
    const path = image?.files[text.slice(PREFIX.length)];
    if (path !== undefined) return path;
    throw new SnapshotError(
      `the snapshot needs the file "${text.slice(PREFIX.length)}" of ${image ? `image ${image.name}, which has none of that name` : 'an image'}`,
    );
  }) as T;
}

function mapped(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((one) => mapped(one, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, mapped(one, change)]));
}
