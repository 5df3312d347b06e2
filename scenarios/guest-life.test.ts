/** The life of a guest beyond its boot: paused, saved and restored, resized while it runs, rebooted, gone with its scope. */
import {
  CommandError,
  checkpoint,
  expect,
  type GuestConfig,
  KnownFailureError,
  openDom0,
  ScenarioError,
  test,
} from '../src/harness/index.ts';
import { HALTED, VM, XE } from './story/xe-stand-in.ts';

const GUEST: GuestConfig = {
  name: 'guest',
  memory: 96,
  maxMemory: 128,
  maxVcpus: 2,
  kernel: '/root/vmlinux',
  ramdisk: '/root/guest.img',
  extra: 'console=hvc0 loglevel=6 mitigations=off audit=0 nokaslr rodata=off noreplace-smp iommu=noaperture',
};

/** dom0's own memory is where a guest is saved to: it has no disk. */
const guestUp = checkpoint(
  'guest-up',
  {
    image: 'slim-dom0',
    launch: {
      boot: 'direct',
      guestConsoles: 2,
      append: { xen: 'dom0_mem=640M,max:640M' },
      machine: { memoryMiB: 1280 },
    },
  },
  async (machine) => {
    const dom0 = await openDom0(machine);
    const guest = await dom0.guest(GUEST);
    await guest.shell();
  },
);

test('a guest that prints without a break is paused, saved and restored, and no line is lost or doubled', async ({
  resume,
}) => {
  const machine = await resume(guestUp);
  const dom0 = await openDom0(machine);
  const guest = await dom0.guestNamed('guest');
  const shell = await guest.shell();
  const counting = shell.run('i=0; while [ $i -lt 20000 ]; do i=$((i+1)); echo "line $i"; done', {
    timeout: 240_000,
  });

  await guest.pause();
  expect(await guest.state()).toBe('paused');
  await guest.unpause();
  const { domid } = guest;
  await guest.save();
  expect(shell.running).toBeDefined();
  expect((await dom0.list()).map(({ name }) => name)).toEqual(['Domain-0']);
  await guest.restore();
  expect(guest.domid).not.toBe(domid);

  const { output } = await counting;
  expect(output.split('\n')).toEqual(Array.from({ length: 20_000 }, (_, index) => `line ${index + 1}`));
  expect(await shell.succeed('echo still "here"')).toBe('still here');
});

test('no room in dom0 to save it: toolstack/no-room-to-save, and it runs on', async ({ resume }) => {
  const machine = await resume(guestUp);
  const dom0 = await openDom0(machine);
  const guest = await dom0.guestNamed('guest');
  const shell = await guest.shell();
  await dom0.shell.succeed('mkdir /small && mount -t tmpfs -o size=4m none /small');
  const failure = await guest.save({ file: '/small/saved' }).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(KnownFailureError);
  expect(failure).toMatchObject({ failureClass: 'toolstack/no-room-to-save' });
  expect(await shell.succeed('echo still "here"')).toBe('still here');
});

test('memory and processors are given and taken while it runs, as it sees itself', async ({ resume }) => {
  const machine = await resume(guestUp);
  const dom0 = await openDom0(machine);
  const guest = await dom0.guestNamed('guest');
  const shell = await guest.shell();
  const mebibytes = async () =>
    Number(await shell.succeed('cat /sys/devices/system/xen_memory/xen_memory0/info/current_kb')) / 1024;
  expect(await mebibytes()).toBe(96);
  await guest.setMemory(128);
  expect(await mebibytes()).toBe(128);
  await guest.setMemory(88);
  expect(await mebibytes()).toBe(88);
  await expect(guest.setMemory(500)).rejects.toThrow(CommandError);

  expect(await shell.succeed('nproc')).toBe('1');
  const given = guest.setVcpus(2);
  // It has no udev that would do this.
  await shell.succeed(
    'cd /sys/devices/system/cpu; until [ -e cpu1/online ]; do :; done; echo 1 > cpu1/online',
  );
  await given;
  expect(await shell.succeed('nproc')).toBe('2');
  await guest.setVcpus(1);
  expect(await shell.succeed('nproc')).toBe('1');
});

test('a guest reboots, and is the same guest; it is shut down, and its console is free', async ({
  resume,
}) => {
  const machine = await resume(guestUp);
  const dom0 = await openDom0(machine);
  const guest = await dom0.guestNamed('guest');
  await guest.shell();
  await guest.console.sendLine('reboot');
  await guest.rebooted();
  await guest.console.expect('Linux version');
  const shell = await guest.shell();
  expect(await shell.succeed('cat /sys/hypervisor/guest_type')).toBe('PV');
  await guest.shutdown();
  expect(await guest.state()).toBe('gone');
});

test('guests end with their scope', async ({ resume }) => {
  const machine = await resume(guestUp);
  const dom0 = await openDom0(machine);
  {
    await using second = await dom0.guest({ ...GUEST, name: 'second' });
    expect(second.console.name).toBe('guest-2');
    await expect(dom0.guest({ ...GUEST, name: 'third' })).rejects.toThrow(ScenarioError);
    await second.reach('guest-kernel');
    expect((await dom0.list()).map(({ name }) => name)).toEqual(['Domain-0', 'guest', 'second']);
  }
  expect((await dom0.list()).map(({ name }) => name)).toEqual(['Domain-0', 'guest']);
  const third = await dom0.guest({ ...GUEST, name: 'third' });
  expect(third.console.name).toBe('guest-2');
  expect((await third.reach('guest-kernel')).name).toBe('guest-kernel (third)');
  await third[Symbol.asyncDispose]();
  await third[Symbol.asyncDispose]();
  expect(machine.cleanupTrouble).toEqual([]);
});

test('a guest that somebody else has started is joined, with what it has said so far', async ({ resume }) => {
  const machine = await resume(guestUp);
  const dom0 = await openDom0(machine);
  await dom0.shell.succeed(`sed 's/^name.*/name = "other"/' guest.cfg > other.cfg`);
  await dom0.shell.succeed('xl create -q other.cfg');
  const guest = await dom0.join('other');
  const shell = await guest.shell();
  expect(
    guest.console.transcript
      .tail(500)
      .map(({ text }) => text)
      .join('\n'),
  ).toContain('Linux version');
  expect(await shell.succeed('cat /sys/hypervisor/type')).toBe('xen');
  await guest[Symbol.asyncDispose]();
  expect(await guest.state()).not.toBe('gone');
});

test('on XCP-ng a guest is joined by its name-label or its uuid; xe is a stand-in here', async ({
  resume,
}) => {
  const machine = await resume(guestUp);
  const dom0 = await openDom0(machine);
  await dom0.write('/bin/xe', XE);
  await dom0.shell.succeed('chmod 755 /bin/xe');
  const refused = async (name: string) =>
    (await dom0.join(name).catch((error: unknown) => error)) as ScenarioError;

  expect((await refused(HALTED.nameLabel)).facts.next).toContain(`xe vm-start uuid=${HALTED.uuid}`);
  expect((await refused('nobody')).facts.next).toContain(`"${VM.nameLabel}"`);
  await dom0.shell.succeed(`xe vm-start uuid=${VM.uuid}`);
  const guest = await dom0.join(VM.uuid);
  expect(guest.name).toBe(VM.nameLabel);
  const shell = await guest.shell();
  expect(await shell.succeed('cat /sys/hypervisor/uuid')).toBe(VM.uuid);
  await guest.destroy();
});
