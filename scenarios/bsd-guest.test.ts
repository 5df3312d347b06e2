/**
 * BSD guests in slim-dom0. Their kernels are in no package that domes could fetch: whoever has one names it, and the
 * scenario runs. What does not need them, the way of such a file into dom0 and its guest, is shown with a Linux kernel.
 */
import {
  type Dom0,
  expect,
  findImage,
  type GuestConfig,
  KnownFailureError,
  type Launch,
  openDom0,
  test,
  whyNoImage,
} from '../src/harness/index.ts';
import { throughInstaller } from './story/netbsd-installer.ts';
import { standIn } from './story/stand-in.ts';

const MINUTE = 60_000;
/** A kernel that is emulated twice over, with the installer's own file system in it: it may be silent for minutes. */
const PATIENCE = { timeout: 10 * MINUTE, silentFor: MINUTE };

const NETBSD = { name: 'netbsd', type: 'pv', memory: 256, kernel: '/root/netbsd' } satisfies GuestConfig;
const FREEBSD = { name: 'freebsd', type: 'pvh', memory: 256, kernel: '/root/freebsd' } satisfies GuestConfig;

/** A dom0 with the one file of an image in it. */
async function dom0With(launch: Launch, path: string, image: string, cpu?: string): Promise<Dom0> {
  const files = { [path]: { image } };
  const machine = await launch('slim-dom0', { boot: 'direct', files, ...(cpu && { machine: { cpu } }) });
  return openDom0(machine);
}

/** `DOMES_IMAGE_NETBSD=<netbsd-INSTALL_XEN3_DOMU.gz, or netbsd-XEN3_DOMU.gz> npx vitest run scenarios/bsd-guest.test.ts` */
test("NetBSD's Xen kernel boots, paravirtualised", { timeout: 30 * MINUTE }, async ({ launch, skip }) => {
  const missing = await whyNoImage('netbsd');
  if (missing) return skip(missing);

  const dom0 = await dom0With(launch, NETBSD.kernel, 'netbsd');
  const guest = await dom0.guest(NETBSD);
  const first = await guest.bsdPrompt(PATIENCE);
  await guest.reach('guest-kernel');
  if (first.is === 'root-device') {
    // A kernel without a root file system in it, in a guest without a disk: it lists what there is, and asks again.
    await guest.console.sendLine('?');
    expect((await guest.bsdPrompt(PATIENCE)).is).toBe('root-device');
    return guest.destroy();
  }
  const shell = await throughInstaller(guest, first, PATIENCE);
  expect(await shell.succeed('sysctl -n kern.ostype')).toBe('NetBSD');
});

/** `DOMES_IMAGE_FREEBSD=<boot/kernel/kernel of kernel.txz> npx vitest run scenarios/bsd-guest.test.ts` */
test("FreeBSD's kernel boots as PVH, and asks for its root", { timeout: 30 * MINUTE }, async ({
  launch,
  skip,
}) => {
  const missing = await whyNoImage('freebsd');
  if (missing) return skip(missing);

  const dom0 = await dom0With(launch, FREEBSD.kernel, 'freebsd', 'qemu64,+svm,+npt,+rdrand');
  const guest = await dom0.guest({ ...FREEBSD, extra: 'boot_serial=1' });
  expect((await guest.bsdPrompt(PATIENCE)).is).toBe('mountroot');
  await guest.reach('guest-kernel');
  expect(await guest.type()).toBe('pvh');
  await guest.console.sendLine('?');
  expect((await guest.bsdPrompt(PATIENCE)).is).toBe('mountroot');
});

/** The same path with a kernel that everybody has: Linux, without an initramfs or a disk, comes to the same question. */
test.for([
  { ...NETBSD, image: 'netbsd', cpu: 'qemu64,-svm' },
  { ...FREEBSD, image: 'freebsd', cpu: 'qemu64,+svm,+npt,+rdrand' },
])('a kernel in the place of $image boots as $type', async ({ image, cpu, ...config }, { launch }) => {
  using _ = standIn(image, (await findImage('slim-dom0')).files.vmlinuz);
  expect(await whyNoImage(image)).toBeUndefined();
  const dom0 = await dom0With(launch, config.kernel, image, cpu);
  const guest = await dom0.guest({ ...config, extra: 'console=hvc0 loglevel=6 mitigations=off nokaslr' });
  const failure = await guest.bsdPrompt().catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(KnownFailureError);
  expect(failure).toMatchObject({ failureClass: 'guest-kernel/no-root-device', blame: 'guest' });
  const { console } = await guest.reach('guest-kernel');
  expect(console).toBe(guest.console.name);
});
