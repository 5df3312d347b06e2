/** The faults that a guest in slim-dom0 can have, each with the failure class that it must be reported as. */
import type { GuestConfig } from '../../src/harness/index.ts';

/** A guest that boots. */
export const STANDARD: GuestConfig = {
  name: 'guest',
  memory: 96,
  kernel: '/root/vmlinux',
  ramdisk: '/root/guest.img',
  extra: 'console=hvc0 loglevel=6 mitigations=off audit=0 nokaslr rodata=off noreplace-smp iommu=noaperture',
};

/** A kernel of one instruction that is none, with the notes that Xen wants: `ud2` in an ELF file of 306 bytes. */
const CRASHING_KERNEL =
  'f0VMRgIBAQAAAAAAAAAAAAIAPgABAAAAABAAgP////9AAAAAAAAAAAAAAAAAAAAAAAAAAEAAOAACAAAAAAAAAAEAAAAFAAAAMAEAAAAAAAAAEACA' +
  '/////wAQAAAAAAAAAgAAAAAAAAACAAAAAAAAAAEAAAAAAAAABAAAAAQAAACwAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB4AAAAAAAAAHgAAAAAAAAA' +
  'BAAAAAAAAAAEAAAABgAAAAYAAABYZW4AZG9tZXMAAAAEAAAACAAAAAgAAABYZW4AZ2VuZXJpYwAEAAAACAAAAAUAAABYZW4AeGVuLTMuMAAEAAAA' +
  'CAAAAAMAAABYZW4AAAAAgP////8EAAAACAAAAAEAAABYZW4AABAAgP////8AAAAAAAAAAA8L';

/** What keeps a guest from booting. */
export interface Fault {
  readonly what: string;
  readonly failureClass: string;
  /** What is done in dom0 before. */
  readonly before?: string;
  /** What is done in dom0 when the guest runs. */
  readonly after?: string;
  /** What differs from the standard guest; or the path of a configuration. */
  readonly config?: Partial<GuestConfig> | string;
  /** Silence after which dom0 is asked, ms. */
  readonly silentFor?: number;
  /** What helps beside the standard guest. */
  readonly remedy?: string;
}

/** The toolstack refuses these, and says so. */
export const REFUSED: readonly Fault[] = [
  {
    what: 'a PVH guest on a CPU without SVM or VT-x',
    failureClass: 'toolstack/hvm-not-supported',
    config: { type: 'pvh' },
  },
  {
    what: 'an HVM guest on such a CPU',
    failureClass: 'toolstack/hvm-not-supported',
    config: { type: 'hvm' },
  },
  {
    what: 'a kernel that is not there',
    failureClass: 'toolstack/kernel-file-not-found',
    config: { kernel: '/root/vmlinuz' },
  },
  {
    what: 'an initramfs that is not there',
    failureClass: 'toolstack/kernel-file-not-found',
    config: { ramdisk: '/root/initrd' },
  },
  {
    what: 'a kernel that is cut off',
    failureClass: 'toolstack/invalid-kernel',
    before: 'head -c 4000000 vmlinux > cut',
    config: { kernel: '/root/cut' },
  },
  {
    what: 'a program that is no Xen kernel',
    failureClass: 'toolstack/invalid-kernel',
    config: { kernel: '/bin/busybox' },
  },
  {
    what: 'more memory than there is beside dom0',
    failureClass: 'toolstack/domain-out-of-memory',
    config: { memory: 900 },
  },
  {
    what: 'more memory than dom0 could give back by ballooning',
    failureClass: 'toolstack/domain-out-of-memory',
    before: `sed -i 's/autoballoon=.*/autoballoon="on"/' /etc/xen/xl.conf`,
    config: { memory: 2000 },
  },
  {
    what: 'less memory than its kernel takes',
    failureClass: 'toolstack/domain-memory-too-small',
    config: { memory: 16 },
  },
  {
    what: 'a disk image that is not there',
    failureClass: 'toolstack/disk-not-found',
    config: { disk: ['/root/disk.img,raw,xvda,w'] },
  },
  {
    what: 'a network card for which dom0 has no driver (xen-netback)',
    failureClass: 'toolstack/device-backend-timeout',
    config: { vif: ['bridge=xenbr0'] },
  },
  {
    what: 'a name that another guest has',
    failureClass: 'toolstack/duplicate-name',
    before: 'xl create -q -p guest.cfg',
    remedy: 'xl destroy guest',
  },
  {
    what: 'xenconsoled does not run',
    failureClass: 'toolstack/xenconsoled-not-running',
    before: 'kill $(pidof xenconsoled)',
    remedy: 'xenconsoled',
  },
  {
    what: 'a configuration that is not there',
    failureClass: 'toolstack/config-file-not-found',
    config: '/root/none.cfg',
  },
  {
    what: 'a configuration with a syntax error',
    failureClass: 'toolstack/config-syntax',
    before: `sed 's/^memory = /memory = = /' guest.cfg > wrong.cfg`,
    config: '/root/wrong.cfg',
  },
  {
    what: 'a guest without a name',
    failureClass: 'toolstack/config-incomplete',
    before: 'grep -v ^name guest.cfg > wrong.cfg',
    config: '/root/wrong.cfg',
  },
];

/** Created they are, but no prompt comes. */
export const NOT_BOOTED: readonly Fault[] = [
  {
    what: 'no root disk and no initramfs',
    failureClass: 'guest-kernel/no-root-device',
    config: { ramdisk: undefined },
  },
  {
    what: 'a root= that names nothing',
    failureClass: 'guest-kernel/no-root-device',
    config: { extra: `${STANDARD.extra} rdinit=/none root=/dev/xvda1` },
  },
  {
    what: 'an initramfs that is cut off',
    failureClass: 'guest-kernel/no-root-device',
    before: 'head -c 300000 guest.img > cut.img',
    config: { ramdisk: '/root/cut.img' },
  },
  {
    what: 'a first process that ends',
    failureClass: 'guest-kernel/init-killed',
    config: { extra: `${STANDARD.extra} rdinit=/bin/false` },
  },
  {
    what: 'a kernel that crashes before its first line',
    failureClass: 'guest-kernel/domain-crashed',
    before: `echo ${CRASHING_KERNEL} | base64 -d > crashing`,
    config: { kernel: '/root/crashing', ramdisk: undefined },
  },
];

/** These say nothing at all: the state of the domain and its use of the processor are the evidence. */
export const SILENT: readonly Fault[] = [
  { what: 'a guest that is paused', failureClass: 'toolstack/guest-paused', after: 'xl pause guest' },
  {
    what: 'a guest that switches itself off at once',
    failureClass: 'toolstack/guest-gone',
    config: { extra: 'quiet rdinit=/bin/poweroff' },
  },
  {
    what: 'a guest that talks to a console that nobody reads',
    failureClass: 'guest-kernel/silent-console',
    config: { extra: 'quiet console=ttyS0 rdinit=/bin/sleep 600' },
  },
  {
    // Without a TSC this kernel looks for another source of randomness, for ever: before its first line.
    what: 'a kernel that hangs before its first line',
    failureClass: 'guest-kernel/stuck-before-first-line',
    silentFor: 1_000,
    config: { extra: `${STANDARD.extra} clearcpuid=tsc` },
  },
];
