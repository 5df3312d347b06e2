import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { findProgram } from '../host/programs.ts';
import { hostAddresses } from './address.ts';
import { hostWord, routeTo } from './route.ts';
import { settingsIn } from './ssh-config.ts';

const folder = mkdtempSync(join(tmpdir(), 'domes-route-'));
const config = join(folder, 'config');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The way to a host of DOMES_HOST, by a configuration. */
function way(host: string, lines: string, env: NodeJS.ProcessEnv = {}) {
  writeFileSync(config, lines);
  const [address] = hostAddresses({ DOMES_HOST: host });
  return routeTo(address as never, { ...env, DOMES_SSH_CONFIG: config });
}
const places = async (...args: Parameters<typeof way>) =>
  (await way(...args)).map(({ user, host, port }) => `${user}@${host}:${port}`);

const own = userInfo().username;
const withSsh = test.skipIf(!findProgram('ssh'));

withSsh('a host as the configuration has it; what the address says goes before it', async () => {
  const lab = 'Host lab\n HostName 10.1.2.3\n Port 2222\n User me\n IdentityFile ~/.ssh/key-of-%h\n';
  const [stop] = await way('ssh://lab', lab, { SSH_AUTH_SOCK: '/agent' });
  expect(stop).toMatchObject({
    ...{ name: 'ssh://lab', host: '10.1.2.3', port: 2222, user: 'me', agent: '/agent', onlyKeyFiles: false },
    keyFiles: [`${homedir()}/.ssh/key-of-10.1.2.3`],
  });
  expect(stop?.knownHosts).toContain('/etc/ssh/ssh_known_hosts');
  expect(await places('ssh://you@lab:22', lab)).toEqual(['you@10.1.2.3:22']);
  expect(await places('ssh://other', lab)).toEqual([`${own}@other:22`]);
});

withSsh('the hosts between, the nearest first: it is reached by its own configuration', async () => {
  const config = [
    ...['Host lab', 'ProxyJump gate,root@[::1]:33', 'Host gate', 'HostName gate.example.org'],
    ...['ProxyJump outer', 'Host outer', 'User me'],
  ].join('\n');
  expect(await places('ssh://lab', config)).toEqual([
    'me@outer:22',
    `${own}@gate.example.org:22`,
    'root@::1:33',
    `${own}@lab:22`,
  ]);
  expect((await way('ssh://lab', config)).map(({ name }) => name)).toEqual([
    'ssh://outer',
    'ssh://gate',
    'ssh://root@[::1]:33',
    'ssh://lab',
  ]);
});

withSsh('in a CI job, one key and one file of known hosts serve all of it', async () => {
  const env = { DOMES_SSH_KEY: '/key', DOMES_SSH_KNOWN_HOSTS: '/known', SSH_AUTH_SOCK: '/agent' };
  for (const stop of await way('ssh://lab', 'Host lab\n ProxyJump gate\n', env)) {
    expect(stop).toMatchObject({ keyFiles: ['/key'], knownHosts: ['/known'], onlyKeyFiles: true });
    expect(stop.agent).toBeUndefined();
  }
});

withSsh('where there is no way, why', async () => {
  await expect(way('ssh://lab', 'Host lab\n ProxyCommand nc %h %p\n')).rejects.toThrow(
    'the way to lab: its ProxyCommand (nc %h %p) is a program of ssh',
  );
  await expect(way('ssh://lab', 'Host *\n ProxyJump gate\n')).rejects.toThrow(/jumphost loop|in a circle/);
  await expect(way('ssh://a', 'Host a\n ProxyJump b\nHost b\n ProxyJump a\n')).rejects.toThrow('in a circle');
  await expect(way('ssh://lab', 'HostNam lab\n')).rejects.toThrow(
    /^the way to lab: .*line 1: Bad configuration option: hostnam/,
  );
});

test('without ssh its own defaults hold; a configuration can not be read then', async () => {
  vi.stubEnv('PATH', folder);
  try {
    const [stop] = await routeTo(
      { name: 'ssh://lab', host: 'lab' },
      { DOMES_SSH_CONFIG: join(folder, 'none') },
    );
    expect(stop).toMatchObject({ host: 'lab', port: 22, user: own });
    expect(stop?.keyFiles[0]).toBe(`${homedir()}/.ssh/id_ed25519`);
    await expect(way('ssh://lab', '')).rejects.toThrow(/^missing on this host: ssh, which reads .*config\n/);
  } finally {
    vi.unstubAllEnvs();
  }
});

test('what ssh -G prints', () => {
  const settings = (lines: string, env: NodeJS.ProcessEnv = {}) =>
    settingsIn(`hostname h\nuser u\nport 1\n${lines}`, { host: 'lab' }, env);
  expect(settings('hostkeyalias cluster\nidentitiesonly yes\nproxycommand none\nproxyjump none')).toEqual({
    ...{ host: 'h', user: 'u', port: 1, alias: 'cluster', knownHosts: [], keyFiles: [], jumps: [] },
    onlyKeyFiles: true,
  });
  expect(settings('userknownhostsfile /a ~/b\nglobalknownhostsfile /c').knownHosts).toEqual([
    '/a',
    `${homedir()}/b`,
    '/c',
  ]);
  const agents = ['none', 'SSH_AUTH_SOCK', '$OTHER', '~/socket'].map(
    (agent) => settings(`identityagent ${agent}`, { SSH_AUTH_SOCK: '/1', OTHER: '/2' }).agent,
  );
  expect(agents).toEqual([undefined, '/1', '/2', `${homedir()}/socket`]);
});

test('what known_hosts calls a host', () => {
  expect([
    hostWord({ host: 'lab', port: 22 }),
    hostWord({ host: 'lab', port: 2222 }),
    hostWord({ host: 'lab', port: 2222, alias: 'cluster' }),
  ]).toEqual(['lab', '[lab]:2222', 'cluster']);
});
