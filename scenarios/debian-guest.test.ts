/**
 * A Debian guest for real: its own disk and network card by Xen's drivers and scripts, a login on its console, apt, ssh both
 * ways, and a shutdown that leaves its disk clean.
 */
import { expect, KnownFailureError, openDom0, test } from '../src/harness/index.ts';
import { bridged, DEBIAN, DEVICELESS, DOM0, GUEST, KERNEL, ROOT } from './story/debian-guest.ts';

/** The first time, dom0 is installed for real. */
const COLD = { timeout: 900_000 };
/** apt and dpkg are large programs, emulated twice over. */
const PATIENCE = { timeout: 120_000 };

test(
  'Debian boots from its own disk, installs a package, is reached by ssh and shuts down',
  COLD,
  async ({ resume }) => {
    const machine = await resume(bridged);
    const dom0 = await openDom0(machine);
    const guest = await dom0.guest({ ...DEBIAN, ...KERNEL });
    await guest.reach('guest-kernel');
    const shell = await guest.logIn(ROOT);
    expect(await shell.succeed('findmnt -no SOURCE,FSTYPE /')).toMatch(/^\/dev\/xvda1 +ext4$/);
    expect(await shell.succeed('. /etc/os-release && echo $ID $VERSION_ID')).toBe('debian 12');

    await shell.succeed('apt-get update', PATIENCE);
    await shell.succeed('apt-get -y install hello', PATIENCE);
    expect(await shell.succeed('hello')).toBe('Hello, world!');
    expect(await shell.succeed('dpkg -s hello')).toContain('Status: install ok installed');
    expect(machine.http.requests.map(({ path }) => path)).toContainEqual(expect.stringContaining('/hello_'));

    await shell.succeed(`ping -c 1 ${DOM0}`);
    await dom0.shell.succeed(`ping -c 1 ${GUEST}`);
    const there = `DROPBEAR_PASSWORD=${ROOT.password} dbclient -y ${ROOT.user}@${DOM0}`;
    expect(await shell.succeed(`${there} uname -n 2> /dev/null`, PATIENCE)).toBe('localhost');
    const ssh = await guest.ssh();
    expect(await ssh.succeed('cat /sys/hypervisor/type && uname -n')).toBe('xen\ndebian');

    await shell.console.sendLine('poweroff');
    // A paravirtualised machine has no power switch: its kernel halts, and Xen ends it.
    await guest.expect(/reboot: System halted/, PATIENCE);
    await guest.gone();
    const filesystem = await dom0.shell.succeed('dumpe2fs -h /dev/vdb1 2> /dev/null');
    expect(filesystem).toMatch(/^Filesystem state: +clean$/m);
    // The mark of one that was not unmounted.
    expect(filesystem).not.toContain('needs_recovery');
  },
);

test('a disk that is not there: initramfs/initramfs-shell', COLD, async ({ resume }) => {
  const machine = await resume(bridged);
  const dom0 = await openDom0(machine);
  const guest = await dom0.guest({ ...DEVICELESS, ...KERNEL });
  const failure = await guest.logIn(ROOT).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(KnownFailureError);
  expect(failure).toMatchObject({ failureClass: 'initramfs/initramfs-shell', blame: 'guest' });
});
