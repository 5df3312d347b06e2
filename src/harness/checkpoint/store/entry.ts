/**
 * A stored checkpoint: a folder with a snapshot, and checkpoint.json that says what it is. The folder appears by one
 * rename and goes by one, so it is there in full or not at all.
 */
import { readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { ImageHome } from '../../image/image-home.ts';
import { KeyParts } from '../key.ts';
import { entryFolder, SCRATCH, storeFolder } from './store-folder.ts';

const NOTE = 'checkpoint.json';

/** What checkpoint.json says. */
export const CheckpointNote = z.object({
  schema: z.literal(1),
  name: z.string(),
  key: z.string(),
  parts: KeyParts,
  /** What the step's digest is made of, for people who want to know what changed. */
  source: z.array(z.object({ what: z.string(), digest: z.string() })),
  /** File that declares it, relative to the project. */
  file: z.string(),
  /** Name of the image that the chain starts from. */
  image: z.string(),
  parent: z.object({ name: z.string(), key: z.string() }).optional(),
  /** The run that made it. */
  run: z.string(),
  /** ISO 8601. */
  createdAt: z.string(),
  /** What it took to execute the step, ms. */
  stepTookMs: z.number(),
});
export type CheckpointNote = z.infer<typeof CheckpointNote>;

export interface Entry {
  readonly folder: string;
  readonly note: CheckpointNote;
  /** When a machine was last restored from it, ms since the epoch. */
  readonly usedAt: number;
}

export type EntryState =
  | { readonly is: 'stored'; readonly entry: Entry }
  | { readonly is: 'damaged'; readonly why: string; readonly folder: string }
  | { readonly is: 'absent' };

/** Writes the note of a checkpoint that is being made; `put` makes it one. */
export async function writeNote(folder: string, note: CheckpointNote): Promise<void> {
  await writeFile(join(folder, NOTE), `${JSON.stringify(note, undefined, 2)}\n`);
}

/** Where the checkpoint is or would be. The snapshot in it is not looked at: that is for whoever restores it. */
export async function lookUp(home: ImageHome, wanted: { name: string; key: string }): Promise<EntryState> {
  const state = await readEntry(entryFolder(home, wanted));
  if (state.is !== 'stored' || state.entry.note.key === wanted.key) return state;
  return { is: 'damaged', why: `${NOTE} is of another checkpoint`, folder: state.entry.folder };
}

/** All that are stored, the latest used first; damaged ones apart. */
export async function listEntries(
  home: ImageHome,
): Promise<{ entries: Entry[]; damaged: { folder: string; why: string }[] }> {
  const root = storeFolder(home);
  const names = await readdir(root).catch(() => []);
  const states = await Promise.all(
    names.filter((name) => name !== SCRATCH).map((name) => readEntry(join(root, name))),
  );
  return {
    entries: states
      .flatMap((state) => (state.is === 'stored' ? [state.entry] : []))
      .sort((a, b) => b.usedAt - a.usedAt),
    damaged: states.flatMap((state) => (state.is === 'damaged' ? [state] : [])),
  };
}

/** Notes that the entry was used now. */
export async function touchEntry({ folder }: Entry): Promise<void> {
  const now = new Date();
  // Gone meanwhile, or a read-only cache: then nobody prunes by age either.
  await utimes(join(folder, NOTE), now, now).catch(() => {});
}

async function readEntry(folder: string): Promise<EntryState> {
  const path = join(folder, NOTE);
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => error);
  if (typeof text !== 'string') {
    const exists = await stat(folder).catch(() => undefined);
    return exists
      ? { is: 'damaged', why: `${NOTE}: ${text.code ?? text.message}`, folder }
      : { is: 'absent' };
  }
  const parsed = CheckpointNote.safeParse(parseOrUndefined(text));
  if (!parsed.success) return { is: 'damaged', why: `${NOTE} is not what domes wrote`, folder };
  const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: 0 }));
  return { is: 'stored', entry: { folder, note: parsed.data, usedAt: mtimeMs } };
}

function parseOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
