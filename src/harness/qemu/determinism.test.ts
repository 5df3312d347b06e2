import { describe, expect, test } from 'vitest';
import { qemuArgv } from './argv.ts';
import type { RecordingArguments } from './determinism.ts';
import { type Determinism, MachineSpec } from './spec.ts';
import { inheritedWires } from './wires.ts';

const sockets = {
  qmp: 3,
  consoles: new Map([
    ['console', 4],
    ['firmware', 5],
  ]),
  cable: 6,
};
const recording: RecordingArguments = {
  mode: 'record',
  file: '/r/a,b',
  consolePath: (console) => `/run/${console}`,
};

function argv(
  determinism: Determinism,
  { diskBus, ...state }: { recording?: RecordingArguments; diskBus?: 'sd' } = {},
): string {
  const spec = MachineSpec.parse({
    diskBus,
    name: 'm',
    accelerator: 'tcg',
    boot: { from: 'disk' },
    disks: [{ file: '/o.qcow2', format: 'qcow2' }],
    cdrom: '/cd.iso',
    network: 'isolated',
    determinism,
  });
  return qemuArgv(
    spec,
    inheritedWires(sockets, (console) => `/logs/${console}.log`),
    state,
  ).join(' ');
}

describe('the arguments of', () => {
  test('a live machine leave time and chance to the host', () => {
    expect(argv('live')).not.toMatch(/-icount|-rtc|-seed|replay/);
  });

  test('a replay keep its states in a file of their own, and begin with one when they are told to', () => {
    const replay = { ...recording, mode: 'replay' as const };
    const saving = argv('recorded', { recording: { ...replay, state: { file: '/s,1', use: 'save' } } });
    expect(saving).toContain('-drive if=none,id=replay-state,format=qcow2,file=/s,,1');
    expect(saving).not.toContain('rrsnapshot');
    const loading = argv('recorded', { recording: { ...replay, state: { file: '/s', use: 'load' } } });
    expect(loading).toContain('rr=replay,rrfile=/r/a,,b,rrsnapshot=domes ');
  });

  test('a pinned machine count time in instructions, and fix date and chance', () => {
    expect(argv('pinned')).toContain(
      '-icount shift=3,sleep=off -rtc base=2024-01-01T00:00:00,clock=vm -seed 1',
    );
    expect(argv('pinned')).not.toContain('rr=');
  });

  test('a pinned machine leave no request of the guest to a thread of QEMU that is not in step with it', () => {
    for (const device of ['virtio-serial-pci', 'virtio-blk-pci', 'virtio-net-pci'])
      expect(argv('pinned')).toContain(`-global ${device}.ioeventfd=off`);
    expect(argv('live')).not.toContain('ioeventfd');
  });

  test('a machine with SD cards attach each disk as one, in a slot of its own', () => {
    expect(argv('pinned', { diskBus: 'sd' })).toMatch(
      /-drive if=none,id=disk0,\S+ -device sdhci-pci -device sd-card,drive=disk0/,
    );
  });

  test('a recorded machine put a recorder before every disk, console and network device', () => {
    const text = argv('recorded', { recording });
    expect(text).toContain('-icount shift=3,sleep=on,rr=record,rrfile=/r/a,,b ');
    expect(text).toContain('-drive if=none,id=disk0-image,');
    expect(text).toContain(
      '-drive driver=blkreplay,if=none,image=disk0-image,id=disk0 -device virtio-blk-pci,drive=disk0',
    );
    expect(text).toContain('-drive driver=blkreplay,if=none,image=cdrom-image,id=cdrom,read-only=on');
    expect(text).toContain('-object filter-replay,id=cable-replay,netdev=cable');
    // No serial port of QEMU's own: the chardevs are beyond the fourth.
    expect(text).toContain(
      '-serial none -serial none -serial none -serial none -serial chardev:firmware -serial chardev:console',
    );
    for (const console of ['firmware', 'console'])
      expect(text).toContain(`-chardev pipe,id=${console},path=/run/${console}`);
    expect(text).not.toContain('logfile=');
  });

  test('its replay differ in the mode and in what is at the end of the cable', () => {
    const recorded = argv('recorded', { recording }).split(' ');
    const replayed = argv('recorded', { recording: { ...recording, mode: 'replay' } }).split(' ');
    const different = replayed.filter((argument, index) => argument !== recorded[index]);
    expect(different).toEqual(['shift=3,sleep=on,rr=replay,rrfile=/r/a,,b', 'hubport,id=cable,hubid=0']);
  });
});
