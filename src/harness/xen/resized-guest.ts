/** Guests that are given more, or less, while they run. */
import type { WaitOptions } from '../../expect/console.ts';
import type { Dom0 } from './dom0.ts';
import type { Domain } from './domain.ts';
import type { XenGuest } from './guest.ts';
import { untilListed } from './until-listed.ts';

interface Size {
  /** In messages. */
  readonly what: string;
  readonly isIn: (domain: Domain) => boolean;
  /** What helps when the guest does not come to it. */
  readonly next: string;
}

/** See XenGuest.setMemory. */
export async function setMemory(
  dom0: Dom0,
  guest: XenGuest,
  mebibytes: number,
  options?: WaitOptions,
): Promise<void> {
  await dom0.run(`xl mem-set ${guest.domid} ${mebibytes}m`, options);
  const isIn = ({ memoryMiB }: Domain) => memoryMiB === mebibytes;
  await resized(dom0, guest, { what: `${mebibytes} MiB`, isIn, next: 'it needs a balloon driver' }, options);
}

/** See XenGuest.setVcpus. xl would not give more than the emulated machine has, which is one as a rule. */
export async function setVcpus(
  dom0: Dom0,
  guest: XenGuest,
  count: number,
  options?: WaitOptions,
): Promise<void> {
  await dom0.run(`xl vcpu-set --ignore-host ${guest.domid} ${count}`, options);
  const isIn = ({ vcpus }: Domain) => vcpus === count;
  const next = `in a guest without udev: echo 1 > /sys/devices/system/cpu/cpu${count - 1}/online`;
  await resized(dom0, guest, { what: `${count} vcpus`, isIn, next }, options);
}

async function resized(
  dom0: Dom0,
  guest: XenGuest,
  { what, isIn, next }: Size,
  options?: WaitOptions,
): Promise<void> {
  const find = (all: readonly Domain[]) => all.find((one) => one.id === guest.domid && isIn(one));
  await untilListed(dom0, guest, { what, find, next }, options);
}
