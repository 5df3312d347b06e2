import { execFile, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AbortError, ImageError } from '../../errors.ts';
import { ensureImage } from './ensure-image.ts';
import { findImage } from './find-image.ts';
import { type FileServer, serve } from './fixtures/file-server.ts';
import { KeptProgress, ScratchHome } from './fixtures/scratch-home.ts';

// Starts programs; on a busy host each takes its time.
vi.setConfig({ testTimeout: 60_000 });

const bytes = Buffer.alloc(300_000, 'domes ');
const sha256 = createHash('sha256').update(bytes).digest('hex');

let home: ScratchHome;
let server: FileServer | undefined;
let requests: number;
beforeEach(() => {
  home = new ScratchHome();
  requests = 0;
});
afterEach(async () => {
  await server?.[Symbol.asyncDispose]();
  home[Symbol.dispose]();
});

/** An image `cloud` whose file is served so. */
async function serveImage(answer: RequestListener, source: object = {}): Promise<void> {
  server = await serve((request, response) => {
    requests++;
    answer(request, response);
  });
  const url = `${server.address}/images/cloud%20one.qcow2`;
  home.manifest({ cloud: { source: { kind: 'url', url, sha256, ...source }, disk: 'cloud.qcow2' } });
}

/** Without an announced length. */
const inPieces: RequestListener = (_, response) => {
  response.write(bytes.subarray(0, 1000));
  response.end(bytes.subarray(1000));
};

const whole: RequestListener = (_, response) => {
  response.writeHead(200, { 'content-length': bytes.length }).end(bytes);
};

/** The message of the error, with the port of the server taken out. Nothing may be left of the download. */
async function failure(): Promise<string> {
  const error = await ensureImage('cloud', { home }).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ImageError);
  expect(home.cached('images')).toEqual([]);
  expect(home.cached('scratch')).toEqual([]);
  return (error as Error).message.replaceAll(/127\.0\.0\.1:\d+/g, 'server').replaceAll(home.folder, '…');
}

describe('a download', () => {
  it('is kept under its digest, reported while it comes, and made once', async () => {
    await serveImage(whole);
    const progress = new KeptProgress();
    const image = await ensureImage('cloud', { home, progress });
    expect(readFileSync(image.files['cloud.qcow2'] as string).equals(bytes)).toBe(true);
    expect(image.spec.disk).toEqual({ file: 'cloud.qcow2', format: 'qcow2' });
    expect(progress.steps.at(-1)).toEqual({
      doing: 'downloading cloud one.qcow2',
      done: bytes.length,
      total: bytes.length,
      unit: 'bytes',
    });
    expect(await ensureImage('cloud', { home })).toEqual(image);
    expect(await findImage('cloud', { home })).toEqual(image);
    expect(requests).toBe(1);
    expect(home.cached('scratch')).toEqual([]);
  });

  it('needs no announced length', async () => {
    await serveImage(inPieces);
    const { files } = await ensureImage('cloud', { home });
    expect(readFileSync(files['cloud.qcow2'] as string).equals(bytes)).toBe(true);
  });

  it('is made once for two who want it at the same time', async () => {
    await serveImage(whole);
    const [one, two] = await Promise.all([ensureImage('cloud', { home }), ensureImage('cloud', { home })]);
    expect(one).toEqual(two);
    expect(requests).toBe(1);
  });

  it('is not made by findImage, which names the command instead', async () => {
    await serveImage(whole);
    await expect(findImage('cloud', { home })).rejects.toThrowErrorMatchingInlineSnapshot(`
      [ImageError: image cloud is not downloaded yet
        blame       host: QEMU, the image or this machine misbehaved; the guest is not to blame
        next        run: npx domes images build cloud]
    `);
    expect(requests).toBe(0);
  });
});

describe('one clear message, and nothing left, for', () => {
  it('a file that is not there', async () => {
    await serveImage((_, response) => response.writeHead(404).end('no'));
    expect(await failure()).toMatchInlineSnapshot(`
      "http://server/images/cloud%20one.qcow2 answered 404 Not Found
        blame       host: QEMU, the image or this machine misbehaved; the guest is not to blame
        next        correct the address in images.manifest.json"
    `);
  });

  it('another digest', async () => {
    await serveImage((_, response) => response.end('something else'));
    expect(await failure()).toMatchInlineSnapshot(`
      "http://server/images/cloud%20one.qcow2 has another SHA-256 than the manifest says
        blame       host: QEMU, the image or this machine misbehaved; the guest is not to blame
        probably    found f41f3fa625ff120ddca7ef456bf66371ecea23c129f4e4c32367101edb516cf8 in 14 bytes, expected ef0afbf9038255bfddd707b2300b032430128139d53725adfb2c7422b46dcefd: the file was replaced or damaged
        next        if the new file is right, put its SHA-256 into images.manifest.json"
    `);
  });

  it('a connection that is cut', async () => {
    await serveImage((_, response) => {
      response.writeHead(200, { 'content-length': bytes.length });
      response.write(bytes.subarray(0, 100_000), () => response.destroy());
    });
    expect(await failure()).toMatch(/was cut off after \d+ of 300000 bytes \(300 KB\): \S+/);
  });

  it('a file shorter than the manifest says', async () => {
    await serveImage((_, response) => response.end(bytes.subarray(0, 10)), { size: bytes.length });
    expect(await failure()).toMatchInlineSnapshot(`
      "the download of http://server/images/cloud%20one.qcow2 was cut off after 10 of 300000 bytes (300 KB)
        blame       host: QEMU, the image or this machine misbehaved; the guest is not to blame
        next        try again"
    `);
  });

  it('a server that is not there', async () => {
    await serveImage(whole);
    await server?.[Symbol.asyncDispose]();
    expect(await failure()).toMatchInlineSnapshot(`
      "http://server/images/cloud%20one.qcow2 cannot be reached: ECONNREFUSED
        blame       host: QEMU, the image or this machine misbehaved; the guest is not to blame
        next        check the address and the network"
    `);
  });

  it('a file that the disk has no room for', async () => {
    await serveImage(whole, { size: 1e15 });
    expect((await failure()).replace(/has [\d.]+ [KMG]B free/, 'has … free')).toMatchInlineSnapshot(`
      "not enough room on the disk: downloading http://server/images/cloud%20one.qcow2 needs 1000000.0 GB, …/cache/scratch/image-cloud/out has … free
        blame       host: QEMU, the image or this machine misbehaved; the guest is not to blame
        next        free some room (npx domes images prune), or set DOMES_CACHE to a folder on a larger disk"
    `);
    expect(requests).toBe(1);
  });
});

it('can be cancelled', async () => {
  const controller = new AbortController();
  await serveImage((_, response) => {
    response.writeHead(200, { 'content-length': bytes.length });
    response.write(bytes.subarray(0, 1000), () => controller.abort());
  });
  await expect(ensureImage('cloud', { home, signal: controller.signal })).rejects.toBeInstanceOf(AbortError);
  expect(home.cached('scratch')).toEqual([]);
});

const hasPrivateMounts = spawnSync('unshare', ['-Urm', 'true']).status === 0;

it.skipIf(!hasPrivateMounts)('a disk that runs full while it is written to leaves nothing', async () => {
  await serveImage(inPieces);
  mkdirSync(home.cacheDir);
  const fixture = join(import.meta.dirname, 'fixtures/ensure-image.ts');
  const script = `mount -t tmpfs -o size=128k domes "$2" && "$0" --import tsx ${fixture} "$1" "$2" cloud && find "$2" -type f`;
  const { stdout } = await promisify(execFile)('unshare', [
    ...['-Urm', 'sh', '-c', script],
    ...[process.execPath, home.root, home.cacheDir],
  ]);
  const [json = '', ...files] = stdout.split(/(?<=\})/);
  const { code, message } = JSON.parse(json);
  expect(code).toBe('DOMES_IMAGE');
  expect(message).toContain('the disk is full: cloud one.qcow2 could not be written');
  expect(files.join('').trim()).toBe(join(home.cacheDir, 'locks/image-cloud'));
  rmSync(home.cacheDir, { recursive: true });
});
