/** SHA-256 of files and of images. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';

/**
 * SHA-256 of a file's bytes, in hex.
 * @param onBytes told how many bytes were read since it was last called.
 */
export async function sha256OfFile(
  path: string,
  { signal, onBytes }: { signal?: AbortSignal | undefined; onBytes?: (count: number) => void } = {},
): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(
    createReadStream(path, { highWaterMark: 1 << 20 }),
    async (chunks: AsyncIterable<Buffer>) => {
      for await (const chunk of chunks) {
        hash.update(chunk);
        onBytes?.(chunk.length);
      }
    },
    { signal },
  );
  return hash.digest('hex');
}

/** SHA-256 of a text, in hex. */
export function sha256OfText(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** An image's digest: of its files' names and digests, whatever their order. */
export function imageDigest(files: Readonly<Record<string, { readonly sha256: string }>>): string {
  const lines = Object.entries(files).map(([name, { sha256 }]) => `${sha256}  ${name}\n`);
  return sha256OfText(lines.sort().join(''));
}
