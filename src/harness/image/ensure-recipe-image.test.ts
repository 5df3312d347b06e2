import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AbortError, ImageError } from '../../errors.ts';
import { ensureImage } from './ensure-image.ts';
import { findImage } from './find-image.ts';
import { KeptProgress, ScratchHome } from './fixtures/scratch-home.ts';

// Starts programs; on a busy host each takes its time.
vi.setConfig({ testTimeout: 60_000 });

// Recipes are made of Debian packages, looked up by apt; here in an archive that is a folder.
const hasApt = spawnSync('apt-get', ['--version']).status === 0;

/** Puts the packages' contents, the time and the environment's names into the one output. */
const CATALOGUE = `cd "$DEBS" && for deb in *; do echo "$deb $(cat "$deb")"; done > "$OUT/disk.raw"
echo "$SOURCE_DATE_EPOCH" >> "$OUT/disk.raw"
echo built >> "$LOG"
echo packing`;

let home: ScratchHome;
let log: string;
beforeEach(() => {
  home = new ScratchHome();
  log = join(home.folder, 'log');
  home.publish([
    { name: 'kernel', depends: 'kernel-6.1 (= 1.0), other' },
    { name: 'kernel-6.1', version: '6.1-1', content: 'the kernel' },
    { name: 'busybox', version: '1:1.35', content: 'the box' },
  ]);
});
afterEach(() => home[Symbol.dispose]());

const packages = [{ name: 'kernel', dependsMatching: '^kernel-\\d' }, 'busybox'];
const withLog = (script: string) => script.replaceAll('$LOG', log);
const builds = () => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n').length : 0);
const lockFile = () => JSON.parse(readFileSync(join(home.root, 'images.lock.json'), 'utf8'));
const text = (path: string | undefined) => readFileSync(path as string, 'utf8');

async function failure(options: object = {}): Promise<string> {
  const error = await ensureImage('slim', { home, ...options }).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ImageError);
  expect(home.cached('images')).toEqual([]);
  return (error as Error).message.replaceAll(home.folder, '…').replaceAll(/^ +\d+\.\d+ │/gm, '  0.000 │');
}

describe.skipIf(!hasApt)('an image made by a recipe', () => {
  it('is built once, from the packages that the lock then names', async () => {
    home.recipe('slim', packages, withLog(CATALOGUE));
    await expect(findImage('slim', { home })).rejects.toThrow('image slim is not built yet');
    const progress = new KeptProgress();
    const image = await ensureImage('slim', { home, progress });
    expect(text(image.files['disk.raw'])).toBe(
      'busybox_1%3a1.35_amd64.deb the box\nkernel-6.1_6.1-1_amd64.deb the kernel\n1686355200\n',
    );
    expect(progress.steps.map(({ doing }) => doing)).toContain('packing');
    expect(lockFile().images.slim.packages).toMatchObject([
      { name: 'busybox', version: '1:1.35', architecture: 'amd64', size: 7 },
      { name: 'kernel-6.1', version: '6.1-1', dependencyOf: 'kernel' },
    ]);
    expect(await findImage('slim', { home })).toEqual(image);
    expect(await ensureImage('slim', { home })).toEqual(image);
    expect(builds()).toBe(1);
    expect(home.cached('scratch')).toEqual([]);
  });

  it('is the same again from the lock, though the archive has newer packages too', async () => {
    home.recipe('slim', packages, withLog(CATALOGUE));
    const first = await ensureImage('slim', { home });
    const locked = text(join(home.root, 'images.lock.json'));
    rmSync(join(home.cacheDir, 'images'), { recursive: true });
    home.publish([]);
    const second = await ensureImage('slim', { home, locked: true });
    expect(second.digest).toBe(first.digest);
    expect(text(join(home.root, 'images.lock.json'))).toBe(locked);
  });

  it('is another image when its recipe changes, and when notes change the same', async () => {
    home.recipe('slim', packages, withLog(CATALOGUE));
    const { files } = await ensureImage('slim', { home });
    home.write('recipes/slim/NOTES.md', 'Why it is so.');
    expect((await findImage('slim', { home })).files).toEqual(files);
    home.write('recipes/slim/files/extra', 'x');
    await expect(findImage('slim', { home })).rejects.toThrow('image slim is not built since its recipe');
    expect((await ensureImage('slim', { home })).files).not.toEqual(files);
  });

  it('says so when the archive has moved on, and locks what there is now', async () => {
    home.recipe('slim', packages, withLog(CATALOGUE));
    const before = await ensureImage('slim', { home });
    home.publish([
      { name: 'kernel', depends: 'kernel-6.2 (= 1.0)' },
      { name: 'kernel-6.2', version: '6.2-1', content: 'newer' },
      { name: 'busybox', version: '1:1.35', content: 'the box' },
    ]);
    rmSync(join(home.cacheDir, 'packages'), { recursive: true });
    rmSync(join(home.cacheDir, 'images'), { recursive: true });
    expect(await failure({ locked: true })).toMatchInlineSnapshot(`
      "the archive no longer has what images.lock.json names: kernel-6.1 6.1-1
        blame       host: QEMU, the image or this machine misbehaved; the guest is not to blame
        next        run without --locked (DOMES_LOCKED) to use what the archive has now"
    `);
    const progress = new KeptProgress();
    const after = await ensureImage('slim', { home, progress });
    expect(progress.notes).toMatchInlineSnapshot(`
      [
        "the archive has moved on from kernel-6.1 6.1-1: images.lock.json gets today's versions",
      ]
    `);
    expect(after.digest).not.toBe(before.digest);
    expect(lockFile().images.slim.packages).toMatchObject([{ name: 'busybox' }, { name: 'kernel-6.2' }]);
  });

  it('is built anew when it was damaged', async () => {
    home.recipe('slim', packages, withLog(CATALOGUE));
    const image = await ensureImage('slim', { home });
    const path = image.files['disk.raw'] as string;
    rmSync(path);
    writeFileSync(path, 'oh');
    await expect(findImage('slim', { home })).rejects.toThrow(
      'image slim is damaged: the size of disk.raw changed',
    );
    const progress = new KeptProgress();
    expect(await ensureImage('slim', { home, progress })).toEqual(image);
    expect(progress.notes).toEqual([
      'image slim is damaged (the size of disk.raw changed): building it anew',
    ]);
  });

  it('is built once for two processes that want it', async () => {
    home.recipe('slim', packages, withLog(CATALOGUE));
    const [one, two] = await Promise.all([ensureImage('slim', { home }), ensureImage('slim', { home })]);
    expect(one).toEqual(two);
    expect(builds()).toBe(1);
  });

  it('is built by the next one when its builder is killed, which leaves nothing', async () => {
    const started = join(home.folder, 'started');
    home.recipe('slim', packages, `echo half > "$OUT/disk.raw"; touch ${started}; exec sleep 1000`);
    const fixture = join(import.meta.dirname, 'fixtures/ensure-image.ts');
    const child = spawn(process.execPath, ['--import', 'tsx', fixture, home.root, home.cacheDir, 'slim'], {
      env: { ...process.env, ...home.env },
      stdio: 'inherit',
    });
    await appearance(started);
    child.kill('SIGKILL');
    await once(child, 'close');
    expect(home.cached('images')).toEqual([]);
    expect(home.cached('scratch')).toContain('image-slim/out/disk.raw');
    home.recipe('slim', packages, withLog(CATALOGUE));
    const image = await ensureImage('slim', { home });
    expect(text(image.files['disk.raw'])).not.toContain('half');
    expect(home.cached('scratch')).toEqual([]);
  });

  it('can be cancelled, and what build.sh started is gone', async () => {
    const pid = join(home.folder, 'pid');
    home.recipe('slim', packages, `sleep 1000 & echo $! > ${pid}.half; mv ${pid}.half ${pid}; wait`);
    const controller = new AbortController();
    const build = ensureImage('slim', { home, signal: controller.signal });
    await Promise.race([appearance(pid), build]);
    controller.abort();
    await expect(build).rejects.toBeInstanceOf(AbortError);
    expect(home.cached('scratch')).toEqual([]);
    // Gone, or a zombie that nobody has reaped yet.
    const status = `/proc/${text(pid).trim()}/status`;
    expect(existsSync(status) ? text(status) : 'State:\tZ').toMatch(/State:\s+[ZX]/);
  });
});

/** Resolves when the file is there. */
async function appearance(path: string): Promise<void> {
  const watcher = watch(dirname(path));
  try {
    while (!existsSync(path)) await once(watcher, 'change');
  } finally {
    watcher.close();
  }
}
