import { expect, test } from 'vitest';
import { mediumOf } from './disk-images.ts';
import type { Image } from './image.ts';

function image(spec: Partial<Image['spec']>): Image {
  const files = { 'disk.qcow2': '/images/disk.qcow2', 'install.iso': '/images/install.iso' };
  const source = { kind: 'recipe' as const, recipe: 'recipes/x' };
  return { name: 'x', digest: 'd', files, spec: { description: '', source, machine: {}, ...spec } };
}

test('a disk is read as it is, a CD sector by sector', () => {
  const disk = { file: 'disk.qcow2', format: 'qcow2' as const };
  expect(mediumOf(image({ disk }))).toEqual({ file: '/images/disk.qcow2', format: 'qcow2' });
  expect(mediumOf(image({ cdrom: 'install.iso' }))).toEqual({ file: '/images/install.iso', format: 'raw' });
  expect(mediumOf(image({ disk, cdrom: 'install.iso' }))).toMatchObject({ format: 'qcow2' });
});

test('a kernel is neither', () => {
  expect(mediumOf(image({ kernel: 'netbsd' }))).toBeUndefined();
});
