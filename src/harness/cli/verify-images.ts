/** `domes images verify`. */
import { dirname } from 'node:path';
import { lookUpEntry, verifyEntry } from '../image/cache-entry.ts';
import { sha256OfFile } from '../image/digest.ts';
import { defaultHome } from '../image/image-home.ts';
import { inventory, type Standing } from '../image/inventory.ts';
import { readManifest, specOf } from '../image/manifest.ts';
import { cancelledBySignals } from './cancel.ts';
import { progressDisplay } from './progress-display.ts';

interface Verdict {
  readonly name: string;
  readonly ok: boolean;
  readonly found: string;
}

/**
 * Compares every byte with what was recorded.
 * @returns whether all named images (or all that are ready) are sound.
 * @throws ScenarioError for an unknown name.
 */
export async function verifyImages(names: readonly string[], { json }: { json: boolean }): Promise<boolean> {
  const home = defaultHome();
  const manifest = await readManifest(home.root);
  for (const name of names) specOf(manifest, name);
  const all = await inventory(home);
  const wanted = names.length > 0 ? all.filter(({ name }) => names.includes(name)) : all;
  using cancel = cancelledBySignals();
  const verdicts: Verdict[] = [];
  for (const standing of wanted) {
    if (standing.state === 'absent' && names.length === 0) continue;
    verdicts.push(await verify(standing, cancel.signal));
  }
  if (json) process.stdout.write(`${JSON.stringify(verdicts, undefined, 2)}\n`);
  else
    for (const { name, ok, found } of verdicts) process.stdout.write(`${ok ? '✓' : '✗'} ${name}: ${found}\n`);
  return verdicts.every(({ ok }) => ok);
}

async function verify({ name, image, why, size, spec }: Standing, signal: AbortSignal): Promise<Verdict> {
  if (!image) return { name, ok: false, found: `${why}; run: npx domes images build ${name}` };
  using progress = progressDisplay(name);
  let done = 0;
  const onBytes = (count: number) => {
    done += count;
    progress.report({ doing: 'reading', done, unit: 'bytes', ...(size !== undefined && { total: size }) });
  };
  const [path = ''] = Object.values(image.files);
  if (spec.source.kind === 'file') {
    const sha256 = await sha256OfFile(path, { signal, onBytes });
    const ok = spec.source.sha256 === undefined || spec.source.sha256 === sha256;
    return {
      name,
      ok,
      found: ok ? `SHA-256 ${sha256}` : `SHA-256 ${sha256}, the manifest says ${spec.source.sha256}`,
    };
  }
  const state = await lookUpEntry(dirname(path));
  if (state.is !== 'sound') return { name, ok: false, found: 'was removed meanwhile' };
  const wrong = await verifyEntry(dirname(path), state.entry, { signal, onBytes });
  if (wrong.length === 0)
    return { name, ok: true, found: `${Object.keys(image.files).length} files as recorded` };
  return { name, ok: false, found: `${wrong.join('; ')}; remove ${dirname(path)} and build it anew` };
}
