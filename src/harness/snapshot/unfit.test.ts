/** Snapshots that are damaged or do not fit, and what is said about them. */
import { readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { syncSnapshot } from './at-rest.ts';
import { ask } from './fixtures/disk-guest.ts';
import { SnapshotBench } from './fixtures/snapshot-bench.ts';
import { readSnapshot } from './snapshot.ts';
import { takeSnapshot } from './take-snapshot.ts';

vi.setConfig({ testTimeout: 60_000 });

let bench: SnapshotBench;
let folder: string;
beforeAll(async () => {
  vi.stubEnv('DOMES_ACCELERATOR', 'tcg');
  bench = new SnapshotBench();
  folder = bench.made('snapshot');
  await takeSnapshot(await bench.boot(), folder, { kind: 'template' });
});
afterAll(async () => {
  await bench[Symbol.asyncDispose]();
  vi.unstubAllEnvs();
});

/** What restoring says of the snapshot after `change`; then the file is as it was. */
async function complaint(file: string, change: (path: string) => void): Promise<string> {
  const path = join(folder, file);
  const before = readFileSync(path);
  change(path);
  try {
    await bench.restore(folder);
    return 'restored';
  } catch (error) {
    const { name, blame, summary } = error as { name: string; blame: string; summary: string };
    expect({ name, blame }).toEqual({ name: 'SnapshotError', blame: 'host' });
    return summary.replace(folder, 'FOLDER');
  } finally {
    writeFileSync(path, before);
  }
}

const recorded = (from: RegExp | string, to: string) => (path: string) => {
  const text = readFileSync(path, 'utf8');
  expect(text).toMatch(from);
  writeFileSync(path, text.replace(from, to));
};
const ownDisk = async () => (await readSnapshot(folder)).record.disks[0]?.layers[0]?.file as string;

describe('a snapshot is not restored', () => {
  test('when its memory was cut short', async () => {
    const cut = (path: string) => truncateSync(path, statSync(path).size - 4096);
    expect(await complaint('ram.img', cut)).toBe(
      "the snapshot in FOLDER can't be used: its file ram.img has 33550336 bytes instead of 33554432",
    );
  });

  test('when a disk is missing', async () => {
    const disk = await ownDisk();
    expect(await complaint(disk, (path) => rmSync(path))).toBe(
      `the snapshot in FOLDER can't be used: its file ${disk} is missing`,
    );
  });

  test('when the devices are damaged, be it by a byte', async () => {
    const flip = (path: string) => {
      const bytes = readFileSync(path);
      bytes[1000] = 255 - (bytes[1000] as number);
      writeFileSync(path, bytes);
    };
    expect(await complaint('devices', flip)).toBe(
      "the snapshot in FOLDER can't be used: its file devices is damaged: its digest is another one",
    );
  });

  test('when another version of QEMU made it', async () => {
    const { qemuVersion } = (await readSnapshot(folder)).record;
    expect(
      await complaint('snapshot.json', recorded(/"qemuVersion":"[^"]*"/, '"qemuVersion":"6.0.1 (other)"')),
    ).toBe(
      `the snapshot in FOLDER can't be used: QEMU 6.0.1 (other) made it, and this host has ${qemuVersion}`,
    );
  });

  test('when it was made with another accelerator, or from another build of the image', async () => {
    expect(await complaint('snapshot.json', recorded('"accelerator":"tcg"', '"accelerator":"kvm"'))).toMatch(
      /^the snapshot in FOLDER can't be used: it was made with the accelerator kvm, and this host uses/,
    );
    expect(await complaint('snapshot.json', recorded(/"digest":"0+"/, '"digest":"1"'))).toBe(
      "the snapshot in FOLDER can't be used: it belongs to another build of image disk-guest",
    );
  });

  test('when the disk beside its own belongs to another build of its image', async () => {
    const beside = recorded('"imagesBeside":[]', '"imagesBeside":[{"name":"guest","digest":"other"}]');
    expect(await complaint('snapshot.json', beside)).toBe(
      "the snapshot in FOLDER can't be used: it belongs to another build of image guest",
    );
  });

  test('when the devices are of another machine: in the words of QEMU', async () => {
    expect(await complaint('snapshot.json', recorded('"type":"pc"', '"type":"q35"'))).toMatch(
      /^QEMU cannot load the saved devices: .*(?:Machine type|Unknown savevm section|load of migration failed)/,
    );
  });

  test('when its record is cut short, or says something that it can not say', async () => {
    expect(await complaint('snapshot.json', recorded(/.{40}$/, ''))).toMatch(
      /its snapshot.json is not right/,
    );
    expect(await complaint('snapshot.json', recorded('"kind":"template"', '"kind":"photograph"'))).toMatch(
      /its snapshot.json is not right: .*expected one of "template"\|"vmstate"[\s\S]*kind/,
    );
    expect(await complaint('snapshot.json', (path) => rmSync(path))).toBe(
      "the snapshot in FOLDER can't be used: its snapshot.json cannot be read: ENOENT",
    );
  });

  test('when the power may have taken a part of it; but it is when it had been made safe', async () => {
    const earlier = recorded(/"unsafeSinceBoot":"[^"]*"/, '"unsafeSinceBoot":"an earlier boot"');
    expect(await complaint('snapshot.json', earlier)).toBe(
      "the snapshot in FOLDER can't be used: the host was started anew before all of it was on its disk",
    );
    await syncSnapshot(await readSnapshot(folder));
    expect(readFileSync(join(folder, 'snapshot.json'), 'utf8')).not.toContain('unsafeSinceBoot');
    expect(await ask((await bench.restore(folder)).machine, 't--')).toBe('ok');
  });
});
