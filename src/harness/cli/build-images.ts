/** `domes images build`. */
import { ensureImage } from '../image/ensure-image.ts';
import { defaultHome } from '../image/image-home.ts';
import { sizeOf } from '../image/inventory.ts';
import { readManifest } from '../image/manifest.ts';
import { megabytes } from '../image/megabytes.ts';
import { cancelledBySignals } from './cancel.ts';
import { progressDisplay } from './progress-display.ts';

/** Makes the images ready, one after the other. @throws as ensureImage does. */
export async function buildImages(names: readonly string[], options: { locked?: boolean }): Promise<void> {
  const home = defaultHome();
  const { images } = await readManifest(home.root);
  // Media that not everybody needs are large downloads, or for the user to bring: those are asked for by name.
  const ours = Object.keys(images).filter((name) => images[name]?.source.kind === 'recipe');
  const wanted = names.length > 0 ? names : ours;
  using cancel = cancelledBySignals();
  for (const name of wanted) {
    using progress = progressDisplay(name);
    const image = await ensureImage(name, { home, progress, signal: cancel.signal, ...options });
    progress[Symbol.dispose]();
    process.stdout.write(
      `${name}: ready, ${megabytes(await sizeOf(image))}, digest ${image.digest.slice(0, 12)}\n`,
    );
  }
}
