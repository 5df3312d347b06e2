import { expect, test } from 'vitest';
import type { Image } from '../image/image.ts';
import { describedMachine, type LaunchOptions } from '../machine/described.ts';
import { FORMAT, type KeyParts, keyOf } from './key.ts';
import { normalMachine } from './normal-machine.ts';

/** The same image, unpacked in some folder. */
function imageIn(folder: string): Image {
  const files = ['disk.raw', 'xen', 'vmlinuz', 'initrd.img', 'install.iso'];
  return {
    name: 'paper',
    digest: 'd1',
    files: Object.fromEntries(files.map((name) => [name, `${folder}/${name}`])),
    spec: {
      description: '',
      source: { kind: 'recipe', recipe: 'recipes/paper' },
      disk: { file: 'disk.raw', format: 'raw' },
      direct: {
        kernel: 'xen',
        append: 'console=com1',
        modules: [
          { file: 'vmlinuz', append: 'console=hvc0' },
          { file: 'initrd.img', append: '' },
        ],
      },
      machine: {
        memoryMiB: 512,
        consoles: { console: { port: 'com1', role: 'system' }, shell: { port: 'virtio1', role: 'shell' } },
      },
    },
  };
}

function machineIn(folder: string, options: LaunchOptions = {}) {
  const image = imageIn(`${folder}/images`);
  return normalMachine(describedMachine(image, 'tcg', `${folder}/run/overlay.qcow2`, options), image);
}

function keyIn(folder: string, options?: LaunchOptions): string {
  const { spec, argv } = machineIn(folder, options);
  const machine = spec as KeyParts['machine'];
  return keyOf({
    format: FORMAT,
    kind: 'template',
    image: 'd1',
    qemu: '7',
    machine,
    argv,
    step: 's',
    inputs: {},
  });
}

test.each<LaunchOptions>([{}, { boot: 'direct' }, { disks: [{ blank: '1G' }] }])(
  'the same machine in other folders has the same key: %j',
  (options) => {
    expect(keyIn('/home/a/.cache', options)).toBe(keyIn('/var/b', options));
    const { spec, argv } = machineIn('/home/a/.cache', options);
    expect(JSON.stringify([spec, argv])).not.toContain('/home');
  },
);

test('its name is not part of it', () => {
  expect(keyIn('/a', { machine: { name: 'left' } })).toBe(keyIn('/a', { machine: { name: 'right' } }));
});

test.each<LaunchOptions>([
  { boot: 'direct' },
  { machine: { cpu: 'max' } },
  { machine: { memoryMiB: 1024 } },
  { machine: { cpus: 2 } },
  { machine: { type: 'q35' } },
  { machine: { network: 'isolated' } },
  { machine: { display: 'vga' } },
  { machine: { onReboot: 'reset' } },
  { disks: [{ blank: '1G' }] },
])('what the guest can see is: %j', (options) => {
  expect(keyIn('/a', options)).not.toBe(keyIn('/a'));
});

test('a kernel with other arguments, or another one, is another machine', () => {
  const direct = keyIn('/a', { boot: 'direct' });
  expect(keyIn('/a', { boot: 'direct', append: { xen: 'noreboot' } })).not.toBe(direct);
  const image = imageIn('/a/images');
  const swapped = describedMachine(
    { ...image, files: { ...image.files, vmlinuz: '/a/images/initrd.img' } },
    'tcg',
    '/a/run/overlay.qcow2',
    { boot: 'direct' },
  );
  expect(normalMachine(swapped, image).argv).not.toEqual(machineIn('/a', { boot: 'direct' }).argv);
});
