/** One file over HTTP: hashed while it arrives, and in its place only when all of it is there and right. */
import { createHash } from 'node:crypto';
import { chmod, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AbortError, ImageError } from '../../errors.ts';
import { diskFullError, isDiskFull, requireSpace } from './disk-space.ts';
import { megabytes } from './megabytes.ts';
import type { Progress } from './progress.ts';

export interface Download {
  readonly url: string;
  /** Expected digest, hex. */
  readonly sha256: string;
  /** Expected bytes, where known. */
  readonly size?: number | undefined;
  /** Where the file goes; its folder exists. */
  readonly path: string;
}

/**
 * Downloads a file.
 * @throws ImageError for a server that cannot be reached or refuses, a download that is cut, a wrong digest, a full
 * disk; nothing of the file is left then. AbortError when the signal comes first.
 */
export async function download(
  { url, sha256, size, path }: Download,
  { progress, signal }: { progress: Progress; signal?: AbortSignal | undefined },
): Promise<void> {
  const half = `${path}.half`;
  try {
    const response = await request(url, signal);
    const total = size ?? lengthOf(response);
    if (total !== undefined) await requireSpace(dirname(path), total, `downloading ${url}`);
    const received = await receive(response, half, (done) => {
      progress.report({ doing: `downloading ${nameOf(url)}`, done, unit: 'bytes', ...(total && { total }) });
    });
    if (total !== undefined && received.bytes !== total) throw cutOff(url, received.bytes, total);
    if (received.sha256 !== sha256)
      throw new ImageError(`${url} has another SHA-256 than the manifest says`, {
        probably: `found ${received.sha256} in ${received.bytes} bytes, expected ${sha256}: the file was replaced or damaged`,
        next: 'if the new file is right, put its SHA-256 into images.manifest.json',
      });
    await chmod(half, 0o444);
    await rename(half, path);
  } catch (error) {
    if (signal?.aborted) throw new AbortError(`the run was cancelled while ${url} was being downloaded`);
    if (isDiskFull(error)) throw await diskFullError(dirname(path), nameOf(url), error);
    throw error;
  } finally {
    await rm(half, { force: true });
  }
}

async function request(url: string, signal: AbortSignal | undefined): Promise<Response> {
  let response: Response;
  try {
    // `identity`: the digest is that of the file, not of a compressed transfer.
    response = await fetch(url, { headers: { 'accept-encoding': 'identity' }, ...(signal && { signal }) });
  } catch (cause) {
    throw new ImageError(
      `${url} cannot be reached: ${reasonOf(cause)}`,
      { next: 'check the address and the network' },
      { cause },
    );
  }
  if (response.ok && response.body) return response;
  await response.body?.cancel();
  throw new ImageError(`${url} answered ${response.status} ${response.statusText}`.trim(), {
    next: response.status === 404 ? 'correct the address in images.manifest.json' : 'try again later',
  });
}

function lengthOf(response: Response): number | undefined {
  const length = Number(response.headers.get('content-length') ?? Number.NaN);
  return Number.isSafeInteger(length) && length >= 0 ? length : undefined;
}

async function receive(
  response: Response,
  path: string,
  onProgress: (bytes: number) => void,
): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256');
  let bytes = 0;
  await using file = await open(path, 'w');
  const chunks = (response.body as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
  for (;;) {
    const next = await chunks.next().catch((cause: unknown) => {
      throw cutOff(response.url, bytes, lengthOf(response), cause);
    });
    if (next.done) break;
    hash.update(next.value);
    await file.writeFile(next.value);
    bytes += next.value.length;
    onProgress(bytes);
  }
  await file.sync();
  return { bytes, sha256: hash.digest('hex') };
}

function cutOff(url: string, bytes: number, total: number | undefined, cause?: unknown): ImageError {
  const of = total === undefined ? '' : ` of ${total} bytes (${megabytes(total)})`;
  const why = cause === undefined ? '' : `: ${reasonOf(cause)}`;
  return new ImageError(
    `the download of ${url} was cut off after ${bytes}${of || ' bytes'}${why}`,
    { next: 'try again' },
    { cause },
  );
}

/** fetch() wraps what really happened, sometimes twice. */
function reasonOf(error: unknown): string {
  const { cause, code, message } = error as NodeJS.ErrnoException & { cause?: unknown };
  return cause ? reasonOf(cause) : (code ?? message);
}

function nameOf(url: string): string {
  return decodeURIComponent(new URL(url).pathname.split('/').at(-1) || url);
}
