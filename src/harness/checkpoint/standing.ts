/** The stored checkpoints and how each stands: would a run restore it, as far as can be known without running one? */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DomesError } from '../../errors.ts';
import { usableAccelerator } from '../host/accelerator.ts';
import { qemuVersion } from '../host/qemu-version.ts';
import { findImage } from '../image/find-image.ts';
import type { ImageHome } from '../image/image-home.ts';
import { FORMAT } from './key.ts';
import { changedParts } from './source/changed-parts.ts';
import { stepFingerprint } from './source/fingerprint.ts';
import { type Entry, listEntries } from './store/entry.ts';
import { roomOf } from './store/room.ts';

export interface Standing {
  readonly entry: Entry;
  /** Bytes on the disk. */
  readonly bytes: number;
  /** Why no run would restore it; empty when nothing speaks against it. Inputs and `launch` are known to runs only. */
  readonly stale: readonly string[];
}

export interface StoreStanding {
  /** The latest used first. */
  readonly checkpoints: readonly Standing[];
  readonly damaged: readonly { readonly folder: string; readonly why: string }[];
  /** Bytes on the disk, what several share counted once. */
  readonly totalBytes: number;
}

export async function storeStanding(home: ImageHome): Promise<StoreStanding> {
  const { entries, damaged } = await listEntries(home);
  const { ofFolder, total } = await roomOf(entries.map(({ folder }) => folder));
  const host = {
    qemu: await unlessMissing(qemuVersion()),
    accelerator: await unlessMissing(usableAccelerator()),
  };
  const own = new Map<string, readonly string[]>();
  for (const { note } of entries) own.set(note.key, await staleness(home, note, host));
  return {
    checkpoints: entries.map((entry) => ({
      entry,
      bytes: ofFolder.get(entry.folder) ?? 0,
      stale: [...(own.get(entry.note.key) ?? []), ...staleParent(entry, entries, own)],
    })),
    damaged,
    totalBytes: total,
  };
}

interface Host {
  readonly qemu: string | undefined;
  readonly accelerator: string | undefined;
}

/** What speaks against it, its own step and its root alone. */
async function staleness(home: ImageHome, note: Entry['note'], host: Host): Promise<string[]> {
  const { parts } = note;
  const stale: string[] = [];
  if (parts.format !== FORMAT) stale.push('domes stores checkpoints in another way now');
  for (const [name, digest] of Object.entries({ ...parts.imagesBeside, [note.image]: parts.image })) {
    const image = await unlessMissing(findImage(name, { home }));
    if (!image) stale.push(`image ${name} is not there`);
    else if (image.digest !== digest) stale.push(`image ${name} changed`);
  }
  if (host.qemu !== parts.qemu) stale.push(`it was made by QEMU ${parts.qemu}`);
  if (host.accelerator !== parts.machine.accelerator)
    stale.push(`it was made with ${parts.machine.accelerator}`);
  return [...stale, ...(await staleStep(home, note))];
}

async function staleStep(home: ImageHome, { name, file, parts, source }: Entry['note']): Promise<string[]> {
  const path = join(home.root, file);
  if (!existsSync(path)) return [`${file} is gone`];
  try {
    const now = await stepFingerprint({ file: path, name });
    if (now.digest === parts.step) return [];
    return [changedParts(source, now.parts).join(', ') || 'its step changed'];
  } catch (error) {
    if (error instanceof DomesError) return [error.summary];
    throw error;
  }
}

/** A state is as stale as the one that it starts from. */
function staleParent(
  { note: { parent } }: Entry,
  entries: readonly Entry[],
  own: ReadonlyMap<string, readonly string[]>,
): string[] {
  if (!parent) return [];
  const stored = entries.find(({ note }) => note.key === parent.key);
  if (!stored) return [];
  const isStale = (own.get(parent.key) ?? []).length > 0 || staleParent(stored, entries, own).length > 0;
  return isStale ? [`"${parent.name}", which it starts from, is stale`] : [];
}

/** What this host lacks makes checkpoints stale; it is no trouble of whoever lists them. */
function unlessMissing<T>(asked: Promise<T>): Promise<T | undefined> {
  return asked.catch((error: unknown) => {
    if (error instanceof DomesError) return undefined;
    throw error;
  });
}
