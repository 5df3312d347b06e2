/** The way into a guest by ssh: through dom0, by a key of this run, and what becomes of a connection whose guest ends. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, openDom0, SshDroppedError, test } from '../src/harness/index.ts';
import { bridged, DEBIAN, KERNEL, ROOT } from './story/debian-guest.ts';

/** Not the one that its disk gives it. */
const ADDRESS = '10.0.2.17';

/** The first time, dom0 is installed for real. */
const COLD = { timeout: 900_000 };

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'domes-scenario-guest-ssh-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const sha256 = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex');

test(
  'a guest is reached through dom0: commands, files, and a drop with its cause',
  COLD,
  async ({ resume }) => {
    const machine = await resume(bridged);
    const dom0 = await openDom0(machine);
    await using guest = await dom0.guest({ ...DEBIAN, ...KERNEL, extra: `${KERNEL.extra} ip=${ADDRESS}` });
    await guest.logIn(ROOT);
    const ssh = await guest.ssh();
    expect(await ssh.succeed('cat /sys/hypervisor/type && uname -n')).toBe('xen\ndebian');
    expect(await ssh.run('echo err >&2; exit 5')).toMatchObject({ stderr: 'err\n', exitStatus: 5 });
    expect(await guest.ssh({ address: ADDRESS })).toBe(ssh);

    const here = join(folder, 'here');
    writeFileSync(here, randomBytes(1_000_001));
    await ssh.upload(here, '/root/there');
    expect(await ssh.succeed('sha256sum /root/there')).toContain(sha256(here));
    await ssh.download('/root/there', join(folder, 'back'));
    expect(sha256(join(folder, 'back'))).toBe(sha256(here));

    const running = ssh.run('exec sleep 1000').catch((error: unknown) => error);
    await guest.destroy();
    expect(await running).toBeInstanceOf(SshDroppedError);
    expect(await running).toMatchObject({ because: 'machine-ended', blame: 'scenario' });
  },
);
