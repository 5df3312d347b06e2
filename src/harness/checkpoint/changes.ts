/** Why a checkpoint is not stored, in words: what differs from the one of the same name that is. */
import type { ImageHome } from '../image/image-home.ts';
import { canonicalJson } from './canonical-json.ts';
import type { KeyParts } from './key.ts';
import { changedParts } from './source/changed-parts.ts';
import { type CheckpointNote, listEntries } from './store/entry.ts';

type Compared = Pick<CheckpointNote, 'parts' | 'source' | 'parent'>;

/** Why the checkpoint has to be made, `its step changed (const PASSWORD in scenarios/login.ts)`. */
export async function changesSince(
  home: ImageHome,
  wanted: Compared & Pick<CheckpointNote, 'name' | 'file'>,
): Promise<string> {
  const { entries } = await listEntries(home);
  const [latest] = entries
    .filter(({ note }) => note.name === wanted.name && note.file === wanted.file)
    .sort((a, b) => (a.note.createdAt < b.note.createdAt ? 1 : -1));
  if (!latest) return 'it was never saved';
  return differences(latest.note, wanted).join('; ') || 'it was taken away while it was being looked at';
}

/** What differs, the most telling first; empty when nothing does. */
export function differences(before: Compared, now: Compared): string[] {
  const own = [...stepChanges(before, now), ...inputChanges(before.parts, now.parts)];
  if (before.parts.kind !== now.parts.kind)
    own.push(`it is saved as ${now.parts.kind}, and was as ${before.parts.kind}`);
  if (before.parts.format !== now.parts.format) own.push('domes stores checkpoints in another way now');
  const start = startChanges(before, now);
  // What the chain starts from is the root's own; the others are told by their parent.
  return now.parent ? [...own, ...start] : [...start, ...own];
}

function startChanges(before: Compared, now: Compared): string[] {
  if (before.parent && now.parent) {
    if (before.parts.parent === now.parts.parent) return [];
    const renamed = before.parent.name === now.parent.name ? 'changed' : `was "${before.parent.name}"`;
    return [`checkpoint "${now.parent.name}", which it starts from, ${renamed}`];
  }
  if (before.parent) return [`it started from checkpoint "${before.parent.name}"`];
  if (now.parent) return [`it starts from checkpoint "${now.parent.name}" now`];
  const changes: string[] = [];
  if (before.parts.image !== now.parts.image) changes.push('the image changed');
  if (before.parts.qemu !== now.parts.qemu)
    changes.push(`QEMU is ${now.parts.qemu}, and was ${before.parts.qemu}`);
  return [...changes, ...machineChanges(before.parts, now.parts)];
}

function stepChanges(before: Compared, now: Compared): string[] {
  if (before.parts.step === now.parts.step) return [];
  const changed = changedParts(before.source, now.source);
  return [`its step changed${changed.length > 0 ? ` (${listed(changed)})` : ''}`];
}

function inputChanges(before: KeyParts, now: KeyParts): string[] {
  const fields = changedFields(before.inputs, now.inputs, 'inputs');
  return fields.length > 0 ? [`its ${listed(fields)} changed`] : [];
}

function machineChanges(before: KeyParts, now: KeyParts): string[] {
  const fields = changedFields(before.machine, now.machine, 'machine');
  if (fields.length > 0) return [`the machine changed (${listed(fields)})`];
  const index = now.argv.findIndex((argument, at) => argument !== before.argv[at]);
  if (index < 0 && before.argv.length === now.argv.length) return [];
  return [`QEMU's arguments changed (${now.argv[index] ?? before.argv[now.argv.length] ?? ''})`];
}

/** `inputs.version`, `machine.boot.append`: the deepest fields that differ. */
function changedFields(before: unknown, now: unknown, name: string): string[] {
  if (!isObject(before) || !isObject(now)) {
    const same = canonicalJson(before ?? null, name) === canonicalJson(now ?? null, name);
    return same ? [] : [name];
  }
  const fields = new Set([...Object.keys(before), ...Object.keys(now)]);
  return [...fields].sort().flatMap((field) => changedFields(before[field], now[field], `${name}.${field}`));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The first few, and how many more there are. */
function listed(names: readonly string[]): string {
  const shown = names.slice(0, 3).join(', ');
  return names.length > 3 ? `${shown} and ${names.length - 3} more` : shown;
}
