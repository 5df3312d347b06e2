import { expect, test } from 'vitest';
import { CHANNEL_PORTS, channelNumber, deviceFile } from './port.ts';

test('a port has its file in dom0', () => {
  const ports = ['com1', 'com2', 'virtio1', 'virtio6', 'channel1', 'channel16'] as const;
  expect(ports.map(deviceFile)).toEqual([
    ...['/dev/ttyS0', '/dev/ttyS1', '/dev/hvc1', '/dev/hvc6', '/dev/vport0p11', '/dev/vport0p26'],
  ]);
});

test('the channels have numbers of their own, which QEMU has room for', () => {
  const numbers = CHANNEL_PORTS.map(channelNumber);
  expect(new Set(numbers).size).toBe(16);
  expect(Math.max(...numbers)).toBeLessThan(31);
});
