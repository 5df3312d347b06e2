import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bootFolder, namedBoot } from './boot-files.ts';
import type { Boot } from './spec.ts';

const booted = (place: string): Boot => ({
  from: 'kernel',
  kernel: `${place}/xen`,
  append: 'dom0_mem=512M',
  modules: [
    { file: `${place}/vmlinuz`, append: 'quiet' },
    { file: `${place}/initrd.img`, append: '' },
  ],
});

test('wherever the files are, the arguments of QEMU are the same', () => {
  expect(namedBoot(booted('/a')).boot).toEqual(namedBoot(booted('/a/much/longer/path')).boot);
  expect(namedBoot(booted('/a')).boot).toMatchObject({ kernel: 'kernel', append: 'dom0_mem=512M' });
  expect(namedBoot({ from: 'disk' })).toEqual({ boot: { from: 'disk' }, files: new Map() });
});

test('its working directory has them under these names, also the second time', () => {
  const folder = mkdtempSync(join(tmpdir(), 'domes-boot-files-'));
  try {
    for (const name of ['xen', 'vmlinuz', 'initrd.img']) writeFileSync(join(folder, name), name);
    for (const _ of [1, 2]) {
      const place = bootFolder(folder, namedBoot(booted(folder)));
      expect(['kernel', 'module0', 'module1'].map((name) => readFileSync(join(place, name), 'utf8'))).toEqual(
        ['xen', 'vmlinuz', 'initrd.img'],
      );
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
