import { expect, test } from 'vitest';
import { qemuArgv } from './argv.ts';
import { MachineSpec } from './spec.ts';
import { type InheritedSockets, inheritedWires } from './wires.ts';

const sockets: InheritedSockets = {
  qmp: 3,
  consoles: new Map([
    ['firmware', 4],
    ['console', 5],
    ['shell', 6],
  ]),
  cable: 7,
};
const logFile = (console: string) => `/logs/${console}.log`;

/** One option with its value per line. */
function argvOf(spec: unknown): string {
  return qemuArgv(MachineSpec.parse(spec), inheritedWires(sockets, logFile))
    .join('\n')
    .replace(/\n(?!-)/g, ' ');
}

const FROM_DISK = {
  name: 'dom0',
  accelerator: 'tcg',
  boot: { from: 'disk' },
  disks: [{ file: '/run/overlay.qcow2', format: 'qcow2' }],
  consoles: { shell: { port: 'com2', role: 'shell' }, console: { port: 'com1', role: 'system' } },
};

const XEN = {
  from: 'kernel',
  kernel: '/images/xen',
  append: 'console=com1 dom0_mem=512M,max:512M',
  modules: [{ file: '/images/vmlinuz', append: 'console=hvc0 a=1,2' }, { file: '/images/initrd.img' }],
};

test('a boot from disk', () => {
  expect(argvOf(FROM_DISK)).toMatchInlineSnapshot(`
    "-name dom0,process=domes-qemu
    -nodefaults
    -no-user-config
    -display none
    -vga none
    -sandbox on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny
    -machine pc
    -accel tcg,thread=single
    -cpu qemu64
    -smp 1
    -m 1024M
    -S
    -no-reboot
    -chardev socket,id=qmp,fd=3
    -mon chardev=qmp,mode=control
    -chardev socket,id=firmware,fd=4,logfile=/logs/firmware.log,logappend=on
    -device isa-debugcon,iobase=0x402,chardev=firmware
    -chardev socket,id=console,fd=5,logfile=/logs/console.log,logappend=on
    -device isa-serial,iobase=0x3f8,irq=4,chardev=console
    -chardev socket,id=shell,fd=6,logfile=/logs/shell.log,logappend=on
    -device isa-serial,iobase=0x2f8,irq=3,chardev=shell
    -drive if=none,id=disk0,node-name=disk0-node,file=/run/overlay.qcow2,format=qcow2,cache=unsafe,discard=unmap
    -device virtio-blk-pci,drive=disk0
    -nic none"
  `);
});

test('a direct boot of Xen: the modules are separated by commas, so their own are doubled', () => {
  const lines = argvOf({ ...FROM_DISK, disks: [], boot: XEN }).split('\n');
  expect(lines.filter((line) => /^-(kernel|append|initrd)/.test(line))).toMatchInlineSnapshot(`
    [
      "-kernel /images/xen",
      "-append console=com1 dom0_mem=512M,max:512M",
      "-initrd /images/vmlinuz console=hvc0 a=1,,2,/images/initrd.img",
    ]
  `);
  expect(lines.join()).not.toContain('-drive');
});

test('commas in names of machines and files are doubled', () => {
  const spec = {
    ...FROM_DISK,
    name: 'a,b',
    disks: [{ file: '/a,b/disk.raw', format: 'raw' }],
    cdrom: '/a,,b/cd.iso',
  };
  const argv = qemuArgv(
    MachineSpec.parse(spec),
    inheritedWires(sockets, (console) => `/x,y/${console}`),
  ).join('\n');
  expect(argv).toContain('-name\na,,b,process=domes-qemu');
  expect(argv).toContain('file=/a,,b/disk.raw,format=raw');
  expect(argv).toContain('file=/a,,,,b/cd.iso,format=raw');
  expect(argv).toContain('logfile=/x,,y/shell,');
});

test('serial ports stand in their own order, with interrupts of their own', () => {
  const consoles = Object.fromEntries(
    ['com4', 'com3', 'com2', 'com1'].map((port) => [`on-${port}`, { port, role: 'shell' }]),
  );
  const devices = argvOf({ ...FROM_DISK, consoles }).match(/isa-serial\S*/g);
  expect(devices?.map((device) => /iobase=(\w+)/.exec(device)?.[1])).toEqual([
    '0x3f8',
    '0x2f8',
    '0x3e8',
    '0x2e8',
  ]);
  expect(new Set(devices?.map((device) => /irq=(\d+)/.exec(device)?.[1])).size).toBe(4);
});

test('channels have numbers of their own in the virtio device, behind the terminals', () => {
  const consoles = {
    guest: { port: 'channel2', role: 'guest' },
    shell: { port: 'virtio1', role: 'shell' },
    other: { port: 'channel1', role: 'guest' },
  };
  const devices = argvOf({ ...FROM_DISK, consoles }).match(/-device virt\S*,chardev\S*/g);
  expect(devices).toEqual([
    '-device virtconsole,chardev=shell',
    '-device virtserialport,chardev=other,nr=11,name=domes.other',
    '-device virtserialport,chardev=guest,nr=12,name=domes.guest',
  ]);
});

test('what the machine may be told', () => {
  const spec = { ...FROM_DISK, accelerator: 'kvm', onReboot: 'reset', network: 'isolated', type: 'q35' };
  const argv = argvOf({ ...spec, cpu: 'max,-smap', cpus: 2, memoryMiB: 512 });
  expect(argv).toContain('-accel kvm\n-cpu max,-smap\n-smp 2\n-m 512M');
  expect(argv).toContain('-machine q35');
  expect(argv).toContain('-netdev socket,id=cable,fd=7\n-device virtio-net-pci,netdev=cable,romfile=');
  expect(argv).not.toContain('-no-reboot');
});

test('a machine that goes on from a saved state: memory in a file, layers of a disk by their paths', () => {
  const disk = {
    file: '/run/top.qcow2',
    format: 'qcow2',
    backing: [
      { file: '/a, b/layer.qcow2', format: 'qcow2' },
      { file: '/images/disk.raw', format: 'raw' },
    ],
  };
  const spec = MachineSpec.parse({ ...FROM_DISK, disks: [disk] });
  const ram = { file: '/saved/ram.img', isShared: false };
  const argv = qemuArgv(spec, inheritedWires(sockets, logFile), { ram, isIncoming: true });
  const value = (option: string) => argv[argv.indexOf(option) + 1];
  expect(value('-object')).toBe('memory-backend-file,id=pc.ram,size=1024M,share=off,mem-path=/saved/ram.img');
  expect(value('-machine')).toBe('pc,memory-backend=pc.ram');
  expect(value('-incoming')).toBe('defer');
  expect(value('-drive')).toBe(
    'if=none,id=disk0,node-name=disk0-node,file=/run/top.qcow2,format=qcow2,cache=unsafe,discard=unmap' +
      ',backing.driver=qcow2,backing.file.driver=file,backing.file.filename=/a,, b/layer.qcow2' +
      ',backing.backing.driver=raw,backing.backing.file.driver=file,backing.backing.file.filename=/images/disk.raw',
  );
});
