import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createOverlay } from './overlay.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'domes-overlay-'));
  writeFileSync(join(folder, 'disk, raw'), '');
  truncateSync(join(folder, 'disk, raw'), 3 << 20);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

const backing = () => ({ file: join(folder, 'disk, raw'), format: 'raw' as const });
const overlay = () => join(folder, 'overlay.qcow2');

/** The message without the folder's random name. */
const complaint = (promise: Promise<void>) =>
  promise.then(
    () => 'made',
    (error: Error) => `${error.name}: ${error.message.replaceAll(folder, '/folder')}`,
  );

test('an overlay is as large as the image, which it only refers to', async () => {
  await createOverlay(backing(), overlay());
  const info = JSON.parse(
    execFileSync('qemu-img', ['info', '--output=json', overlay()], { encoding: 'utf8' }),
  );
  expect(info).toMatchObject({
    format: 'qcow2',
    'virtual-size': 3 << 20,
    'backing-filename': backing().file,
    'backing-filename-format': 'raw',
  });
});

test('a missing image', async () => {
  const file = join(folder, 'nowhere.raw');
  expect(await complaint(createOverlay({ file, format: 'raw' }, overlay()))).toMatchInlineSnapshot(`
    "HostError: cannot make an overlay on /folder/nowhere.raw: /folder/overlay.qcow2: Could not open '/folder/nowhere.raw': No such file or directory; Could not open backing image.
      blame       host: QEMU, the image or this machine misbehaved; the guest is not to blame
      doing       qemu-img create /folder/overlay.qcow2
      next        look at the image: npx domes images list; if it is damaged, build it anew"
  `);
  expect(existsSync(overlay())).toBe(false);
});

test('an image that is of another format', async () => {
  expect(await complaint(createOverlay({ ...backing(), format: 'qcow2' }, overlay()))).toMatchInlineSnapshot(`
    "HostError: cannot make an overlay on /folder/disk, raw: /folder/overlay.qcow2: Image is not in qcow2 format; Could not open backing image.
      blame       host: QEMU, the image or this machine misbehaved; the guest is not to blame
      doing       qemu-img create /folder/overlay.qcow2
      next        look at the image: npx domes images list; if it is damaged, build it anew"
  `);
});

test('a folder that is not there', async () => {
  expect(await complaint(createOverlay(backing(), join(folder, 'gone', 'o')))).toMatchInlineSnapshot(`
    "HostError: cannot make an overlay on /folder/disk, raw: /folder/gone/o: Could not create '/folder/gone/o': No such file or directory
      blame       host: QEMU, the image or this machine misbehaved; the guest is not to blame
      doing       qemu-img create /folder/gone/o
      next        check that DOMES_RUN_DIR, or the folder of temporary files, can be written to"
  `);
});

test('a full disk', async () => {
  // Every write to /dev/full fails for lack of space (full(4)).
  symlinkSync('/dev/full', overlay());
  expect(await complaint(createOverlay(backing(), overlay()))).toMatchInlineSnapshot(`
    "HostError: cannot make an overlay on /folder/disk, raw: /folder/overlay.qcow2: Could not write qcow2 header: No space left on device
      blame       host: QEMU, the image or this machine misbehaved; the guest is not to blame
      doing       qemu-img create /folder/overlay.qcow2
      next        make room in the folder of temporary files, or set DOMES_RUN_DIR to one on another disk"
  `);
});

test('without qemu-img', async () => {
  vi.stubEnv('PATH', '/nowhere');
  expect(await complaint(createOverlay(backing(), overlay()))).toMatchInlineSnapshot(`
    "HostSetupError: missing on this host: qemu-img (makes the throw-away disk overlays)
      blame       host: QEMU, the image or this machine misbehaved; the guest is not to blame
      next        install qemu-img in this system's own way"
  `);
});

test('a signal ends it', async () => {
  expect(await complaint(createOverlay(backing(), overlay(), { signal: AbortSignal.abort() }))).toBe(
    'AbortError: the run was cancelled while an overlay was being made\n' +
      '  blame       runner: the run was cancelled',
  );
});
