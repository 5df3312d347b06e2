/**
 * "I never got any guests to work": each way in which that can happen, for real, in a nested Xen. Each ends the wait with
 * its class within a second of its evidence; and with the fault taken away the guest boots.
 */
import {
  checkpoint,
  type Dom0,
  expect,
  type GuestConfig,
  KnownFailureError,
  type Machine,
  openDom0,
  test,
  type XenGuest,
} from '../src/harness/index.ts';
import { type Fault, NOT_BOOTED, REFUSED, SILENT, STANDARD } from './guests-never-booted/faults.ts';
import { dom0Up } from './story/rpm-dom0.ts';

const dom0Ready = checkpoint(
  'dom0-ready',
  { image: 'slim-dom0', launch: { boot: 'direct' } },
  async (machine) => {
    await openDom0(machine);
  },
);

for (const { what, failureClass, before, config, remedy } of REFUSED)
  test(`${what}: ${failureClass}`, async ({ resume }) => {
    const machine = await resume(dom0Ready);
    const dom0 = await openDom0(machine);
    if (before) await dom0.shell.succeed(before);
    const failure = await guestOf(dom0, config).catch((error: unknown) => error);
    expectAtOnce(machine, failure, failureClass);
    if (remedy) await dom0.shell.succeed(remedy);
    // The standard guest has none of these faults; that it boots is shown once, and each night in each place.
    if (remedy || process.env.DOMES_NIGHTLY === '1') await expectBoot(dom0, STANDARD);
  });

for (const { what, failureClass, before, config } of NOT_BOOTED)
  test(`${what}: ${failureClass}`, async ({ resume }) => {
    const machine = await resume(dom0Ready);
    const dom0 = await openDom0(machine);
    if (before) await dom0.shell.succeed(before);
    const failure = await guestOf(dom0, config)
      .then((guest) => guest.shell())
      .catch((error: unknown) => error);
    expectAtOnce(machine, failure, failureClass);
  });

for (const { what, failureClass, config, after, silentFor = 2_000 } of SILENT)
  test(`${what}: ${failureClass}`, async ({ resume }) => {
    const machine = await resume(dom0Ready);
    const dom0 = await openDom0(machine);
    const guest = await guestOf(dom0, config);
    if (after) await dom0.shell.succeed(after);
    const failure = await guest.shell({ silentFor }).catch((error: unknown) => error);
    expectAtOnce(machine, failure, failureClass);
  });

test('xenstored does not run: toolstack/xenstored-not-running, though xl says nothing', async ({
  resume,
}) => {
  const machine = await resume(dom0Ready);
  const dom0 = await openDom0(machine);
  await dom0.shell.succeed('kill $(pidof xenstored)');
  const failure = await dom0.guest(STANDARD, { silentFor: 5_000 }).catch((error: unknown) => error);
  expectAtOnce(machine, failure, 'toolstack/xenstored-not-running');
});

test('a guest that panics is kept with on_crash=preserve, and xl list shows it as crashed', async ({
  resume,
}) => {
  const machine = await resume(dom0Ready);
  const dom0 = await openDom0(machine);
  const panicked = machine.expectFailure('guest-kernel/init-killed');
  await guestOf(dom0, { extra: `${STANDARD.extra} rdinit=/bin/false`, onCrash: 'preserve' });
  await panicked();
  await expect.poll(async () => (await dom0.list())[1]?.state, { timeout: 10_000 }).toBe('crashed');
});

test('with the fault taken away the guest boots, and no failure is reported', async ({ resume }) => {
  const machine = await resume(dom0Ready);
  const dom0 = await openDom0(machine);
  await expectBoot(dom0, STANDARD);
  expect(machine.diagnosis.findings).toEqual([]);
});

test('what the scenario types, and its echo, is no evidence', async ({ resume }) => {
  const machine = await resume(dom0Ready);
  const dom0 = await openDom0(machine);
  await dom0.shell.succeed('echo "libxl: error: neither hap nor shadow paging available"');
  expect(machine.diagnosis.findings).toEqual([]);
});

test('on a CPU with SVM and nested paging a PVH guest boots', async ({ launch }) => {
  const machine = await launch('slim-dom0', { boot: 'direct', machine: { cpu: 'qemu64,+svm,+npt,+rdrand' } });
  const dom0 = await openDom0(machine);
  await expectBoot(dom0, { ...STANDARD, type: 'pvh' });
  expect(machine.diagnosis.findings).toEqual([]);
});

test('dom0 takes nearly all of 1024 MiB: toolstack/domain-out-of-memory', async ({ launch }) => {
  const append = { xen: 'dom0_mem=-64M,max:-64M' };
  const machine = await launch('slim-dom0', { boot: 'direct', append, machine: { memoryMiB: 1024 } });
  const failure = await guestOf(await openDom0(machine)).catch((error: unknown) => error);
  expectAtOnce(machine, failure, 'toolstack/domain-out-of-memory');
});

test('dom0 gets too little memory: hypervisor/dom0-memory-too-small', async ({ launch }) => {
  const machine = await launch('slim-dom0', { boot: 'direct', append: { xen: 'dom0_mem=24M,max:24M' } });
  const failure = await openDom0(machine).catch((error: unknown) => error);
  expectAtOnce(machine, failure, 'hypervisor/dom0-memory-too-small');
});

test('dom0 dies on a CPU with SMAP: hypervisor/dom0-unhandled-fault; without SMAP it boots', async ({
  launch,
}) => {
  const machine = await launch('slim-dom0', { boot: 'direct', machine: { cpu: 'max' } });
  const failure = await openDom0(machine).catch((error: unknown) => error);
  expectAtOnce(machine, failure, 'hypervisor/dom0-unhandled-fault');

  const other = await launch('slim-dom0', { boot: 'direct', machine: { cpu: 'max,-smap,-smep' } });
  await openDom0(other);
  expect(other.diagnosis.rootCause).toBeUndefined();
});

test('GRUB can not load what the Xen entry names: bootloader/no-multiboot-header; the entry as it was boots', async ({
  launch,
}) => {
  const machine = await launch('slim-dom0');
  const failed = machine.expectFailure('bootloader/no-multiboot-header');
  const grub = await machine.grub();
  await grub.select(/Xen/);
  const editor = await grub.edit();
  await editor.goTo(/^\s*multiboot2 /);
  machine.console().press('ctrl-a');
  machine.console().press('ctrl-k');
  await editor.type('multiboot2 /boot/grub/grub.cfg');
  editor.boot();
  const { evidence } = await failed();
  expect(evidence.text).toMatch(/^error: .*no multiboot2? header found/);

  machine.console().press('enter');
  editor.leave();
  await grub.back();
  await grub.select(/Xen/);
  grub.boot();
  await machine.reach('hypervisor');
});

test('the bridge for its network card is not there: toolstack/bridge-not-found; with the bridge it boots', {
  timeout: 900_000,
}, async ({ resume }) => {
  // This dom0 has disks, bridges and Xen's own scripts; the first time it is installed for real.
  const machine = await resume(dom0Up);
  const dom0 = await openDom0(machine);
  const config = { ...STANDARD, vif: ['bridge=xenbr0'] };
  const failure = await dom0.guest(config).catch((error: unknown) => error);
  expectAtOnce(machine, failure, 'toolstack/bridge-not-found');
  await dom0.shell.succeed('ip link add xenbr0 type bridge && ip link set xenbr0 up');
  await expectBoot(dom0, config);
});

function guestOf(dom0: Dom0, config: Fault['config'] = {}): Promise<XenGuest> {
  return dom0.guest(typeof config === 'string' ? config : { ...STANDARD, ...config });
}

async function expectBoot(dom0: Dom0, config: GuestConfig): Promise<void> {
  const guest = await dom0.guest(config);
  const shell = await guest.shell();
  expect(await shell.succeed('cat /sys/hypervisor/type')).toBe('xen');
  expect(await guest.type()).toBe(config.type ?? 'pv');
}

/** The wait ended with this class, within a second of its evidence. */
function expectAtOnce(machine: Machine, failure: unknown, failureClass: string): void {
  expect(failure).toBeInstanceOf(KnownFailureError);
  expect(failure).toMatchObject({ failureClass, blame: 'guest' });
  const finding = machine.diagnosis.findings.find((one) => one.class === failureClass);
  expect(machine.clock() - (finding?.evidence.atMs ?? 0)).toBeLessThan(1_000);
}
