import { expect, test } from 'vitest';
import { ScenarioError } from '../../errors.ts';
import type { Image } from '../image/image.ts';
import { describedMachine, type LaunchOptions, servedBy } from './described.ts';

const FILES = ['disk.qcow2', 'install.iso', 'linux', 'initrd.gz', 'repository.tar'];

function image(spec: Partial<Image['spec']>): Image {
  const files = Object.fromEntries(FILES.map((name) => [name, `/images/${name}`]));
  const source = { kind: 'recipe' as const, recipe: 'recipes/x' };
  return { name: 'x', digest: 'd', files, spec: { description: '', source, machine: {}, ...spec } };
}

const disk = { file: 'disk.qcow2', format: 'qcow2' as const };
const direct = { kernel: 'linux', append: 'quiet', modules: [{ file: 'initrd.gz', append: '' }] };
const describe = (spec: Partial<Image['spec']>, options: LaunchOptions = {}) =>
  describedMachine(image(spec), 'tcg', '/run/overlay.qcow2', options);

test('a CD alone is booted from; blank disks are beside it', () => {
  const spec = describe({ cdrom: 'install.iso' }, { disks: [{ blank: '20G' }, { blank: '1G' }] });
  expect(spec).toMatchObject({
    boot: { from: 'cdrom' },
    cdrom: '/images/install.iso',
    disks: [{ file: '/run/blank-1.qcow2' }, { file: '/run/blank-2.qcow2' }],
  });
});

test('the disk of a guest boots no machine', () => {
  expect(() => describe({ disk, forGuests: true })).toThrow(
    /^image "x" is the disk of a guest: no machine boots from it\n.*\n.*launch\('slim-dom0', .*domes boot slim-dom0 --disk x/,
  );
});

test("an image's own disk comes first, and its CD is not in the drive then", () => {
  const spec = describe({ disk, cdrom: 'install.iso' }, { disks: [{ blank: '20G' }] });
  expect(spec).toMatchObject({ boot: { from: 'disk' } });
  expect(spec.disks.map(({ file }) => file)).toEqual(['/run/overlay.qcow2', '/run/blank-1.qcow2']);
  expect(spec.cdrom).toBeUndefined();
});

test('a direct boot has the CD in its drive, and no disk but those asked for', () => {
  const spec = describe({ direct, cdrom: 'install.iso' }, { append: { linux: 'text' } });
  expect(spec).toMatchObject({
    boot: { from: 'kernel', append: 'quiet text' },
    cdrom: '/images/install.iso',
    disks: [],
  });
});

test('who is served something has a network, unless it is told not to', () => {
  const serves = { repository: 'repository.tar' };
  expect(describe({ disk }).network).toBe('none');
  expect(describe({ disk, serves }).network).toBe('isolated');
  expect(describe({ disk }, { serve: { install: 'kickstart' } }).network).toBe('isolated');
  expect(describe({ disk, serves }, { machine: { network: 'none' } }).network).toBe('none');
  expect(() => describe({ disk }, { serve: { install: 'kickstart' }, machine: { network: 'none' } })).toThrow(
    'machine "x" can\'t be served anything: its network is "none"',
  );
});

test('a folder of the scenario takes the place of what the image serves under that name', () => {
  const from = image({ disk, serves: { repository: 'repository.tar', keys: 'repository.tar' } });
  expect(servedBy(from, { serve: { repository: 'broken' } })).toEqual([
    { name: 'keys', from: { tar: '/images/repository.tar' } },
    { name: 'repository', from: { folder: 'broken' } },
  ]);
  expect(() => servedBy(from, { serve: { '../up': 'x' } })).toThrow(ScenarioError);
});

test("another image's disk stands beside the machine's own, and what it serves is served", () => {
  const other = image({ disk, serves: { debian: 'repository.tar' } });
  const beside = [{ ...other, name: 'guest', files: { 'repository.tar': '/images/guest/repository.tar' } }];
  const whole = { ...image({ disk }), beside };
  const spec = describedMachine(whole, 'tcg', '/run/overlay.qcow2', { disks: [{ image: 'guest' }] });
  expect(spec.disks.map(({ file }) => file)).toEqual(['/run/overlay.qcow2', '/run/guest-1.qcow2']);
  expect(spec.network).toBe('isolated');
  expect(servedBy(whole)).toEqual([{ name: 'debian', from: { tar: '/images/guest/repository.tar' } }]);
  expect(servedBy(whole, { serve: { debian: 'mine' } })).toEqual([
    { name: 'debian', from: { folder: 'mine' } },
  ]);
});

test.each([
  [{ disks: [{ blank: '20 GB' }] }, /\(disks\)[\s\S]*expected a size such as "512M" or "20G"/],
  [{ disks: [{ iso: 'x' } as never] }, /\(disks\)[\s\S]*expected \{ image: "the name of an image" \}/],
  [{ boot: 'cdrom' }, /image "x" has no CD to boot from/],
  [{ boot: 'direct' }, /image "x" has no kernel for a direct boot/],
] as const)('refused: %o', (options, message) => {
  expect(() => describe({ disk }, options)).toThrow(message);
});

test('only a pinned machine has its disks as SD cards', () => {
  const machine = { diskBus: 'sd' } as const;
  expect(describe({ disk }, { machine, determinism: 'pinned' }).diskBus).toBe('sd');
  for (const determinism of ['live', 'recorded'] as const)
    expect(() => describe({ disk }, { machine, determinism })).toThrow(
      `machine "x" is ${determinism}, and only a pinned machine has SD cards (diskBus)`,
    );
});
