import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { CapsuleError } from '../../errors.ts';
import { qemuVersion } from '../host/qemu-version.ts';
import { findImage } from '../image/find-image.ts';
import { openCapsule, unpackRecording } from './open-capsule.ts';
import { capsuleRecord } from './testing/capsule-record.ts';

const CONSOLE = Buffer.from('hello\r\n');
const RECORDING = gzipSync(Buffer.from('events'));
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

let folder: string;
let whole: ReturnType<typeof capsuleRecord>;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'domes-capsule-'));
  vi.stubEnv('DOMES_CACHE', join(folder, 'cache'));
  writeFileSync(join(folder, 'own.raw'), 'bytes');
  vi.stubEnv('DOMES_IMAGE_SLIM_DOM0', join(folder, 'own.raw'));
  const { digest } = await findImage('slim-dom0');
  mkdirSync(join(folder, 'consoles'));
  writeFileSync(join(folder, 'consoles/console.log'), CONSOLE);
  writeFileSync(join(folder, 'recording.gz'), RECORDING);
  whole = {
    ...capsuleRecord(),
    qemuVersion: await qemuVersion(),
    image: { name: 'slim-dom0', digest },
    recording: { file: 'recording.gz', sha256: sha256(RECORDING), bytes: 6 },
  };
  const console = { name: 'console', file: 'consoles/console.log', bytes: CONSOLE.length };
  write({ consoles: [{ ...console, sha256: sha256(CONSOLE) }] });
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

function write(part: object): void {
  whole = { ...whole, ...part };
  writeFileSync(join(folder, 'capsule.json'), JSON.stringify(whole));
}

async function refusal(): Promise<string> {
  const error = await openCapsule(folder).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(CapsuleError);
  expect((error as CapsuleError).facts.next).toBeTruthy();
  return (error as CapsuleError).summary.replaceAll(folder, 'CAPSULE');
}

test('a whole capsule opens, and its recording unpacks', async () => {
  const capsule = await openCapsule(folder);
  expect(Buffer.from(capsule.consoles.get('console') ?? [])).toEqual(CONSOLE);
  await unpackRecording(capsule, join(folder, 'recording'));
  write({ recording: { ...whole.recording, bytes: 7 } });
  await expect(unpackRecording(await openCapsule(folder), join(folder, 'recording'))).rejects.toThrow(
    'damaged',
  );
});

test('a recording that was cut off is refused', async () => {
  truncateSync(join(folder, 'recording.gz'), 10);
  expect(await refusal()).toBe('the capsule CAPSULE is damaged: recording.gz is not what was recorded');
});

test('a file that is missing or changed is named', async () => {
  writeFileSync(join(folder, 'consoles/console.log'), 'hullo\r\n');
  expect(await refusal()).toContain('damaged: consoles/console.log');
  rmSync(join(folder, 'consoles/console.log'));
  expect(await refusal()).toContain("not whole: consoles/console.log can't be read");
  rmSync(join(folder, 'capsule.json'));
  expect(await refusal()).toContain('capsule.json cannot be read');
});

test('another QEMU is refused, with both versions', async () => {
  write({ qemuVersion: '1.2.3 (Somewhere)' });
  expect(await refusal()).toBe(
    `the capsule was recorded with QEMU 1.2.3 (Somewhere), and here is QEMU ${await qemuVersion()}`,
  );
});

test('another image is refused, and one that is not there', async () => {
  writeFileSync(join(folder, 'own.raw'), 'other bytes');
  expect(await refusal()).toMatch(/another image "slim-dom0": digest [0-9a-f]{12}, here [0-9a-f]{12}$/);
  vi.stubEnv('DOMES_IMAGE_SLIM_DOM0', '');
  expect(await refusal()).toContain('is not built yet');
});

test('a capsule from elsewhere leads to no file outside of it', async () => {
  write({ recording: { ...whole.recording, file: '../recording.gz' } });
  expect(await refusal()).toContain('names a file outside of itself');
});

test('a field that is wrong is named', async () => {
  write({ image: { name: 'slim-dom0', digest: 'abc' } });
  expect(await refusal()).toMatch(/capsule\.json: image\.digest: a SHA-256 in hex/);
});

test('no folder at all', async () => {
  await expect(openCapsule(join(folder, 'nowhere'))).rejects.toThrow('there is no capsule at');
});
