import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { domes } from './fixtures/typed-command.ts';

// Starts programs; on a busy host each takes its time.
vi.setConfig({ testTimeout: 60_000 });

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'domes-cli-'));
  vi.stubEnv('DOMES_CACHE', folder);
  vi.stubEnv('DOMES_RUN_DIR', join(folder, 'run'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

it('passes its exit code to whoever started it', async () => {
  const bin = join(import.meta.dirname, '../../../bin/domes.mjs');
  const started = promisify(execFile)(process.execPath, [bin, 'imges']);
  await expect(started).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringContaining('Did you mean images?'),
  });
});

it('says nothing when whoever reads has read enough', async () => {
  const bin = join(import.meta.dirname, '../../../bin/domes.mjs');
  const line = '"$0" "$1" diagnose --list | true';
  expect(await promisify(execFile)('sh', ['-c', line, process.execPath, bin])).toMatchObject({ stderr: '' });
});

describe('domes', () => {
  it('shows examples and exit codes in every --help', async () => {
    const lines = [
      '',
      'doctor',
      'images',
      'images list',
      'images build',
      'images verify',
      'images path',
      'images prune',
      'checkpoints',
      'checkpoints list',
      'checkpoints show',
      'checkpoints prune',
      'replay',
      'report',
      'cast',
      'trends',
      'diagnose',
      'boot',
      'ps',
      'attach',
      'screenshot',
      'resume',
      'kill',
    ];
    for (const line of lines) {
      const { code, out } = await domes(`${line} --help`);
      expect(code, line).toBe(0);
      expect(out, line).toMatch(/Examples?:\n {2}npx domes .*Exit codes: 0 (?:all is well|identical)/s);
    }
  });

  it.each([
    ['dokter', "error: unknown command 'dokter'\n(Did you mean doctor?)"],
    ['images lsit', "error: unknown command 'lsit'\n(Did you mean list?)"],
    ['images build --loked', "error: unknown option '--loked'\n(Did you mean --locked?)"],
    ['images path', "error: missing required argument 'name'"],
    ['atach', "error: unknown command 'atach'\n(Did you mean attach?)"],
    [
      'boot slim-domo',
      'domes: there is no image "slim-domo" in images.manifest.json (did you mean "slim-dom0"?)',
    ],
    [
      'boot slim-dom0 --boot dsk',
      "error: option '--boot <from>' argument 'dsk' is invalid. Allowed choices are disk, direct, cdrom.",
    ],
    [
      'attach --detach-key ctrl-m',
      "error: option '--detach-key <key>' argument 'ctrl-m' is invalid. " +
        'That is Tab, Enter or Escape, which are needed in every console.',
    ],
    [
      'images build slim-domo',
      'domes: there is no image "slim-domo" in images.manifest.json (did you mean "slim-dom0"?)',
    ],
    [
      'images verify slim-domo',
      'domes: there is no image "slim-domo" in images.manifest.json (did you mean "slim-dom0"?)',
    ],
  ])('answers "%s" with the nearest right one, and 2', async (line, message) => {
    const { code, out, err } = await domes(line);
    expect(err.trim()).toBe(message);
    expect(code).toBe(2);
    expect(out).toBe('');
  });

  it('prints the message of an error, and no stack', async () => {
    const { code, err } = await domes('images path slim-dom0');
    expect(code).toBe(1);
    expect(err).toMatchInlineSnapshot(`
      "domes: image slim-dom0 is not built yet
        next        run: npx domes images build slim-dom0
      "
    `);
  });

  it('works on a file of the user in place of an image', async () => {
    const file = join(folder, 'own.raw');
    writeFileSync(file, 'bytes');
    vi.stubEnv('DOMES_IMAGE_SLIM_DOM0', file);
    expect(await domes('images path slim-dom0 own.raw')).toEqual({ code: 0, out: `${file}\n`, err: '' });
    const wrong = await domes('images path slim-dom0 owm.raw');
    expect(wrong).toMatchObject({
      code: 2,
      err: 'domes: image slim-dom0 has no file "owm.raw" (did you mean "own.raw"?)\n',
    });
    const [image] = JSON.parse((await domes('images list --json')).out);
    expect(image).toMatchObject({
      name: 'slim-dom0',
      state: 'ready',
      overridden: true,
      files: { 'own.raw': file },
      size: 5,
    });
    expect((await domes('images list')).out).toMatch(/^IMAGE .*\nslim-dom0 +ready \(your file\) +5 bytes/);
    expect((await domes('images build slim-dom0')).out).toMatch(
      /^slim-dom0: ready, 5 bytes, digest [0-9a-f]{12}\n$/,
    );
    expect((await domes('images verify')).out).toMatch(/^✓ slim-dom0: SHA-256 277089d9/);
  });

  it('lists and ends nothing where nothing runs', async () => {
    expect(await domes('ps')).toEqual({ code: 0, out: 'no machine is running\n', err: '' });
    expect(JSON.parse((await domes('ps --json')).out)).toEqual({ machines: [] });
    expect(await domes('kill --all')).toEqual({ code: 0, out: 'no machine is running\n', err: '' });
    for (const line of ['kill', 'kill slim-dom0', 'kill --all slim-dom0', 'attach', 'resume', 'resume x'])
      expect((await domes(line)).code, line).toBe(2);
  });

  it('verifies nothing that is not there, unless it is named', async () => {
    expect(await domes('images verify')).toEqual({ code: 0, out: '', err: '' });
    const { code, out } = await domes('images verify slim-dom0');
    expect(code).toBe(1);
    expect(out).toBe('✗ slim-dom0: is not built yet; run: npx domes images build slim-dom0\n');
  });

  it('prunes an empty cache', async () => {
    expect(await domes('images prune')).toEqual({ code: 0, out: 'nothing to remove\n', err: '' });
    expect(await domes('images prune --dry-run --json')).toEqual({ code: 0, out: '[]\n', err: '' });
  });
});

describe('domes doctor', () => {
  it('shows what is wrong and the command that mends it', async () => {
    // Spares the trial of KVM, which takes seconds where it does not work.
    vi.stubEnv('DOMES_ACCELERATOR', 'tcg');
    const text = await domes('doctor');
    const json = await domes('doctor --json');
    // The test's cache is empty: the built-in image is one thing to be mended at least.
    expect(text.code).toBe(1);
    expect(text.out).toMatch(/^✓ {2}node +v\d/);
    expect(text.out).toMatch(/✗ {2}image slim-dom0 +is not built yet\n/);
    expect(text.out).toMatch(/to be mended; run:\n\n {2}.*npx domes images build slim-dom0 && npx /s);
    // What only its owner can provide is no fault of this host.
    expect(text.out).toMatch(/· {2}image fedora-16 +has no SHA-256/);
    expect(json.code).toBe(1);
    const { ok, checks, mend } = JSON.parse(json.out);
    expect(ok).toBe(false);
    expect(mend).toContain('npx domes images build slim-dom0');
    expect(checks).toContainEqual(expect.objectContaining({ name: 'memory', state: expect.any(String) }));
  });
});
