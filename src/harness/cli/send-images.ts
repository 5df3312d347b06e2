/** `domes images send`. */
import { ScenarioError } from '../../errors.ts';
import { findImage, lookUpImage, specFor } from '../image/find-image.ts';
import { defaultHome, type ImageHome } from '../image/image-home.ts';
import { readManifest } from '../image/manifest.ts';
import { megabytes } from '../image/megabytes.ts';
import { hostAddresses } from '../remote/address.ts';
import { sendImage } from '../remote/send-image.ts';
import { cancelledBySignals } from './cancel.ts';
import { progressDisplay } from './progress-display.ts';

/**
 * Sends images to every host of DOMES_HOST, one after the other: they share one way out.
 * @throws ScenarioError when DOMES_HOST names none; as findImage and sendImage do.
 */
export async function sendImages(names: readonly string[]): Promise<void> {
  const addresses = hostAddresses();
  if (addresses.length === 0)
    throw new ScenarioError('DOMES_HOST names no host to send to', {
      next: 'DOMES_HOST=ssh://me@lab npx domes images send',
    });
  const images = await Promise.all(
    (names.length > 0 ? names : await builtHere()).map((name) => findImage(name)),
  );
  if (images.length === 0)
    throw new ScenarioError('no image is ready to be sent', { next: 'npx domes images build' });
  using cancel = cancelledBySignals();
  for (const address of addresses)
    for (const image of images) {
      using progress = progressDisplay(`${address.name}: ${image.name}`);
      const sentBytes = await sendImage(image, address, { progress, signal: cancel.signal });
      progress[Symbol.dispose]();
      const what = sentBytes === 0 ? 'it is there' : `sent, ${megabytes(sentBytes)}`;
      process.stdout.write(`${address.name}: ${image.name}: ${what}\n`);
    }
}

/** Those of recipes that are ready; media that not everybody needs are asked for by name. */
async function builtHere(home: ImageHome = defaultHome()): Promise<string[]> {
  const { images } = await readManifest(home.root);
  const ready: string[] = [];
  for (const name of Object.keys(images)) {
    const spec = await specFor(home, name);
    if (spec.source.kind !== 'recipe') continue;
    if ((await lookUpImage(home, name, spec)).is === 'ready') ready.push(name);
  }
  return ready;
}
