/** Two of OpenSSH's servers on this machine are the hosts; QEMU runs there as it would anywhere. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { HostError, HostSetupError, QemuLaunchError, ScenarioError } from '../../errors.ts';
import { usableAccelerator } from '../host/accelerator.ts';
import { cacheDirectory } from '../host/cache-directory.ts';
import { sha256OfText } from '../image/digest.ts';
import { QemuProcess } from '../qemu/process.ts';
import { MachineSpec } from '../qemu/spec.ts';
import { whyNoSshd } from '../ssh/testing/real-sshd.ts';
import { hostAddresses } from './address.ts';
import { examineHosts } from './examination.ts';
import { FarHost } from './far-host.ts';
import { processesIn, type SshdHost, sshdHost } from './testing/sshd-host.ts';

/** The smallest machine: no disk, so that SeaBIOS ends in "No bootable device". */
const SMALL = { name: 'small', accelerator: 'tcg', boot: { from: 'disk' }, memoryMiB: 32 };

const reason = whyNoSshd();
const folder = mkdtempSync(join(tmpdir(), 'df-'));
const ownCache = cacheDirectory();
let far: SshdHost;

describe.skipIf(reason !== undefined)(`a host over ssh${reason ? ` (${reason})` : ''}`, () => {
  beforeAll(async () => {
    far = await sshdHost(join(folder, 'a'));
    vi.stubEnv('DOMES_RUN_DIR', join(folder, 'run'));
  });
  beforeEach(() => {
    vi.stubEnv('DOMES_CACHE', join(folder, 'cache'));
    vi.stubEnv('DOMES_ACCELERATOR', 'tcg');
    vi.stubEnv('DOMES_SSH_KEY', far.keyFile);
    vi.stubEnv('DOMES_SSH_KNOWN_HOSTS', far.knownHosts);
  });
  afterAll(async () => {
    await far?.[Symbol.asyncDispose]();
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true, force: true });
  });

  const open = (address = far.address) => FarHost.open(hostAddresses({ DOMES_HOST: `${address}*9` }));
  const start = (host: FarHost, change: Record<string, unknown> = {}) =>
    QemuProcess.start(
      MachineSpec.parse({ ...SMALL, ...change }),
      (console) => join(folder, `${console}.log`),
      {},
      host.startQemu,
    );
  const complaint = (work: Promise<unknown>) =>
    work.then(
      () => 'nothing',
      (error: Error) => error.message,
    );
  /** What is there for machines; pristine files stay. */
  const left = () => [...readdirSync(far.temporary), ...processesIn(far.temporary)];
  const nothingLeft = () => vi.waitFor(() => expect(left()).toEqual([]), { timeout: 30_000 });

  function file(name: string, text: string): string {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  }

  test('a file is sent once, whatever its name, and nobody can write to it there', async () => {
    const said: string[] = [];
    const onWait = (why: string) => said.push(why);
    await using host = await FarHost.open(hostAddresses({ DOMES_HOST: `${far.address}*9` }), { onWait });
    const text = 'kernel'.repeat(200_000);
    const path = await host.bring(file('kernel', text), {});
    expect([readFileSync(path, 'utf8') === text, path.endsWith(sha256OfText(text))]).toEqual([true, true]);
    expect([host.sentBytes, statSync(path).mode & 0o777]).toEqual([text.length, 0o400]);
    await using later = await open();
    expect(await later.bring(file('another', text), {})).toBe(path);
    expect(later.sentBytes).toBe(0);
    expect(said).toEqual([`sends kernel to ${far.address}, 1.2 MB`]);
    expect(readdirSync(far.cache).sort()).toEqual([sha256OfText(text), 'lock'].sort());
  });

  test('two that send the same file at once send it once', async () => {
    const text = 'initrd'.repeat(500_000);
    const path = file('initrd', text);
    const hosts = [await open(), await open()];
    await Promise.all(hosts.map((host) => host.bring(path, {})));
    expect(hosts.map(({ sentBytes }) => sentBytes).sort()).toEqual([0, text.length]);
    for (const host of hosts) await host[Symbol.asyncDispose]();
  });

  test('a connection that is cut while a file is sent leaves no half of it', async () => {
    const host = await open();
    const text = 'x'.repeat(64 << 20);
    const sending = complaint(host.bring(file('large', text), {}));
    far.received();
    await vi.waitFor(() => expect(far.received()).toBeGreaterThan(0));
    far.cut();
    expect(await sending).toContain(`the connection to ssh://`);
    await host[Symbol.asyncDispose]().catch(() => {});
    await nothingLeft();
    expect(readdirSync(far.cache).filter((name) => name.includes(sha256OfText(text)))).toEqual([]);
  });

  // Where KVM is there and does not work, a trial takes its ten seconds.
  test('its accelerator is decided by a trial there', { timeout: 60_000 }, async () => {
    await using host = await open();
    vi.stubEnv('DOMES_ACCELERATOR', '');
    vi.stubEnv('DOMES_CACHE', ownCache);
    const wanted = await usableAccelerator();
    expect([await host.accelerator(), await host.accelerator()]).toEqual([wanted, wanted]);
  });

  test('disks are made there', async () => {
    await using host = await open();
    const disk = `${host.folder}/blank.qcow2`;
    expect(await host.qemuImg(['create', '-q', '-f', 'qcow2', disk, '1G'], {})).toBeUndefined();
    expect(readFileSync(disk).subarray(0, 3).toString()).toBe('QFI');
    expect(await host.qemuImg(['create', '-q', '-b', '/none', '-F', 'raw', '-f', 'qcow2', disk], {})).toMatch(
      /^\S+: Could not open '\/none': No such file or directory/,
    );
  });

  test('a file that is written there comes here', async () => {
    await using host = await open();
    const here = join(folder, 'screen.png');
    await host.collect(here, async (path) => writeFileSync(path, 'picture'));
    expect(readFileSync(here, 'utf8')).toBe('picture');
    await expect(host.collect(here, async () => {})).rejects.toThrow(
      /can't give .*No such file or directory/,
    );
  });

  test('QEMU runs there, and its monitor and consoles are here; its end is told as here', async () => {
    await using host = await open();
    const qemu = await start(host);
    expect(qemu.pid).toBeUndefined();
    expect(statSync(host.folder).mode & 0o777).toBe(0o700);
    expect(await qemu.qmp.execute('query-status')).toMatchObject({ status: 'prelaunch', running: false });
    let text = '';
    const booted = new Promise<void>((resolve) => {
      qemu.consoles.get('firmware')?.on('data', (bytes) => {
        text += bytes;
        if (text.includes('No bootable device')) resolve();
      });
    });
    await qemu.qmp.execute('cont');
    await booted;
    expect(readFileSync(join(folder, 'firmware.log'), 'utf8')).toContain(text);
    await vi.waitFor(() => expect(qemu.cost()?.cpuMs).toBeGreaterThan(0), { timeout: 10_000 });
    await qemu.quit();
    expect(qemu.exit).toEqual({ code: 0, signal: null });
    const another = await start(host);
    await another[Symbol.asyncDispose]();
    expect(another.exit).toEqual({ code: null, signal: 'SIGKILL' });
    await host[Symbol.asyncDispose]();
    expect(left()).toEqual([]);
  });

  test('a QEMU that does not start says why, in its own words', async () => {
    await using host = await open();
    const refused = await start(host, { cpu: 'qemu65' }).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(QemuLaunchError);
    expect((refused as QemuLaunchError).summary).toBe(
      "QEMU ended with status 1 before it was ready: unable to find CPU model 'qemu65'",
    );
  });

  test('what needs files of this host is refused', async () => {
    await using host = await open();
    const ram = { file: '/ram', isShared: true };
    const starting = host.startQemu(MachineSpec.parse(SMALL), String, { ram });
    await expect(starting).rejects.toThrow(ScenarioError);
  });

  test('a connection that is cut ends QEMU, and leaves nothing', async () => {
    const host = await open();
    const qemu = await start(host);
    await qemu.qmp.execute('cont');
    expect(left()).toHaveLength(5);
    far.cut();
    expect(await qemu.exited).toEqual({
      ...{ code: null, signal: null },
      lost: expect.stringMatching(/^the connection to ssh:\/\/\S+ is gone: /),
    });
    await expect(qemu.qmp.execute('stop')).rejects.toThrow(HostError);
    await nothingLeft();
    await qemu[Symbol.asyncDispose]();
    expect(await complaint(host[Symbol.asyncDispose]())).toMatch(/is removed by its guard there/);
  });

  test('a folder that a killed guard has left is removed by the next', async () => {
    const host = await open();
    const stays = host.folder.replace(/\d+-\w+$/, '999999999-AbCdEf');
    mkdirSync(stays);
    writeFileSync(join(stays, 'overlay.qcow2'), 'x');
    await using other = await open();
    expect(readdirSync(far.temporary).sort()).toEqual(
      [host.folder, other.folder].map((path) => path.replace(/^.*\//, '')).sort(),
    );
    await host[Symbol.asyncDispose]();
  });

  test('domes doctor looks at it', async () => {
    const env = { ...process.env, DOMES_HOST: `${far.address}*2,ssh://127.0.0.1:1` };
    const [fine, trouble] = await examineHosts(env);
    expect(fine).toEqual({
      name: expect.stringMatching(/^host ssh:\/\//),
      state: 'fine',
      found: expect.stringMatching(
        /^QEMU \d+\.\S+ · tcg · \d+ cores, load [\d.]+ · \d+ MiB available · \d+ MB free · 2 places$/,
      ),
    });
    expect(trouble).toMatchObject({ state: 'trouble', found: expect.stringContaining('ECONNREFUSED') });
    expect(await examineHosts({ DOMES_HOST: 'lab' })).toMatchObject([
      { name: 'DOMES_HOST', state: 'trouble' },
    ]);
    expect(await examineHosts({})).toEqual([]);
  });

  describe('why there is no host', () => {
    test('nobody listens', async () => {
      expect(await complaint(open('ssh://127.0.0.1:1'))).toMatch(
        /^host ssh:\/\/127.0.0.1:1 can't be reached: connect ECONNREFUSED/,
      );
    });

    test('its key is not known, or another one', async () => {
      vi.stubEnv('DOMES_SSH_KNOWN_HOSTS', join(folder, 'none'));
      expect(await complaint(open())).toMatch(
        /^the host key of \S+ is not known: SHA256:.*\n.*\n.*\n.*ssh-keyscan/,
      );
      const other = file(
        'known',
        far.hostLine.replace(/AAAA\S+/, (key) => `${key.slice(0, -4)}AAAA`),
      );
      vi.stubEnv('DOMES_SSH_KNOWN_HOSTS', other);
      expect(await complaint(open())).toMatch(/ has another host key than the known one: SHA256:/);
    });

    test('no key gets in', async () => {
      vi.stubEnv('DOMES_SSH_KEY', join(folder, 'a', 'ssh', 'host_key'));
      const refused = await complaint(open());
      expect(refused).toMatch(/^host ssh:\/\/\S+ refused the login of \S+\n/);
      expect(refused).toContain(`DOMES_SSH_KEY=`);
      vi.stubEnv('DOMES_SSH_KEY', '/none');
      expect(await complaint(open())).toBe('DOMES_SSH_KEY is /none: it is not there');
    });

    test('it has no QEMU', async () => {
      await using poor = await sshdHost(join(folder, 'poor'), { path: '/nowhere' });
      vi.stubEnv('DOMES_SSH_KEY', poor.keyFile);
      vi.stubEnv('DOMES_SSH_KNOWN_HOSTS', poor.knownHosts);
      const refused = await open(poor.address).catch((error: unknown) => error);
      expect(refused).toBeInstanceOf(HostSetupError);
      expect((refused as Error).message).toMatch(
        /^missing on ssh:\S+: qemu-system-x86_64, qemu-img, .*\n.*\n.*apt-get install qemu-system-x86 qemu-utils /,
      );
    });

    test('its server forwards no Unix sockets', async () => {
      await using strict = await sshdHost(join(folder, 'strict'), {
        extra: ['AllowStreamLocalForwarding no'],
      });
      vi.stubEnv('DOMES_SSH_KEY', strict.keyFile);
      vi.stubEnv('DOMES_SSH_KNOWN_HOSTS', strict.knownHosts);
      await using host = await open(strict.address);
      expect(await complaint(start(host))).toMatch(
        /refused a socket for QEMU, .*\n.*\n.*AllowStreamLocalForwarding yes/,
      );
    });

    test('its folder can not be written to', async () => {
      expect(await complaint(open(`${far.address}/proc/nowhere`))).toMatch(/can't keep a machine: mkdir: /);
    });
  });
});
