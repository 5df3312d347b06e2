import { expect, test } from 'vitest';
import { placesOf, withPlaceholders } from './placeholders.ts';

const argv = (image: string, run: string, mode: string) => [
  '/usr/bin/qemu-system-x86_64',
  '-initrd',
  `${image}/vmlinuz console=hvc0,${image}/initrd.img`,
  '-drive',
  `file=${run}/overlay.qcow2,format=qcow2`,
  '-icount',
  `shift=3,sleep=on,rr=${mode},rrfile=${run}/recording`,
  '-netdev',
  mode === 'record' ? 'socket,id=cable,fd=7' : 'hubport,id=cable,hubid=0',
];
const files = (image: string) => ({ vmlinuz: `${image}/vmlinuz`, 'initrd.img': `${image}/initrd.img` });

test('on another host the monitor and the cable are sockets of its ssh server, and that is no difference', () => {
  const places = placesOf({}, { runFolder: '/tmp/domes-far-1' });
  const far = ['-chardev', 'socket,id=qmp,path=/tmp/domes-far-1/1-qmp', 'stream,id=cable,server=off'];
  const near = ['-chardev', 'socket,id=qmp,fd=3', 'socket,id=cable,fd=7'];
  expect(withPlaceholders(['qemu', ...far], places)).toEqual(
    withPlaceholders(['/bin/qemu', ...near], places),
  );
});

test('the arguments of a recording and of its replay elsewhere are the same', () => {
  const here = withPlaceholders(
    argv('/cache/i', '/tmp/run', 'record'),
    placesOf(files('/cache/i'), { runFolder: '/tmp/run' }),
  );
  const there = withPlaceholders(
    argv('/home/x', '/var/r', 'replay'),
    placesOf(files('/home/x'), { runFolder: '/var/r' }),
  );
  expect(there).toEqual(here);
  expect(here.join(' ')).toBe(
    'qemu-system-x86_64 -initrd {image}/vmlinuz console=hvc0,{image}/initrd.img -drive file={run}/overlay.qcow2,format=qcow2' +
      ' -icount shift=3,sleep=on,rr={mode},rrfile={recording} -netdev {cable}',
  );
});

test("image files in the run folder are the image's", () => {
  const places = placesOf({ linux: '/run/cd/linux' }, { runFolder: '/run' });
  expect(withPlaceholders(['q', '-kernel', '/run/cd/linux', '/run/o'], places)).toEqual([
    ...['q', '-kernel', '{image}/linux', '{run}/o'],
  ]);
});

test('where a replay keeps its states is no part of the machine', () => {
  const state = ['-drive', 'if=none,id=replay-state,format=qcow2,file=/run/state.qcow2'];
  expect(withPlaceholders(['q', '-S', ...state, '-nic', 'none'], new Map())).toEqual([
    'q',
    '-S',
    '-nic',
    'none',
  ]);
});
