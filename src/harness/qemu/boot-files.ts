/**
 * The files that QEMU loads a kernel from, under names that are the same wherever they are. QEMU tells a multiboot kernel
 * (Xen) the path of each, and Xen steps over it a character at a time: a recording made with paths of one length can't be
 * replayed with those of another.
 */
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Boot } from './spec.ts';

export interface NamedBoot {
  /** With names instead of paths, for a QEMU whose working directory has them. */
  readonly boot: Boot;
  /** Name → path. */
  readonly files: ReadonlyMap<string, string>;
}

export function namedBoot(boot: Boot): NamedBoot {
  if (boot.from !== 'kernel') return { boot, files: new Map() };
  const modules = boot.modules.map((module, index) => ({ ...module, file: `module${index}` }));
  return {
    boot: { ...boot, kernel: 'kernel', modules },
    files: new Map([
      ['kernel', boot.kernel],
      ...boot.modules.map(({ file }, index) => [`module${index}`, file] as const),
    ]),
  };
}

/** A working directory that has them, on this host. @param folder private to the machine. */
export function bootFolder(folder: string, { files }: NamedBoot): string {
  const place = join(folder, 'boot');
  rmSync(place, { recursive: true, force: true });
  mkdirSync(place, { mode: 0o700 });
  for (const [name, path] of files) symlinkSync(path, join(place, name));
  return place;
}
