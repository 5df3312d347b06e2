import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findProgram } from '../host/programs.ts';
import { hostAddresses } from './address.ts';
import { distinctHosts } from './distinct-hosts.ts';
import { placeLock } from './places.ts';

const reason = findProgram('ssh') ? undefined : 'ssh is not installed';
const folder = mkdtempSync(join(tmpdir(), 'domes-distinct-'));
const env = { ...process.env, DOMES_SSH_CONFIG: join(folder, 'config') };
const hosts = (text: string) => distinctHosts(hostAddresses({ DOMES_HOST: text }), env);

beforeAll(() => {
  const lab = 'Host lab\n HostName 10.9.8.7\n User me\n Port 2222\n';
  writeFileSync(
    join(folder, 'config'),
    `${lab}Host behind\n HostName 10.9.8.7\n User me\n Port 2222\n ProxyJump lab\n`,
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(reason !== undefined)(`hosts by where they lead${reason ? ` (${reason})` : ''}`, () => {
  test('one host under two names is refused', async () => {
    await expect(hosts('ssh://a.test,ssh://a.test:22')).rejects.toThrow(
      'DOMES_HOST: "ssh://a.test" and "ssh://a.test:22" are one host',
    );
    await expect(hosts('ssh://lab,ssh://b.test,ssh://me@10.9.8.7:2222*3')).rejects.toThrow(
      '"ssh://lab" and "ssh://me@10.9.8.7:2222" are one host',
    );
  });

  test('another user, another port and another way are other hosts', async () => {
    const named = await hosts('ssh://lab,ssh://you@lab,ssh://lab:23,ssh://behind');
    expect(new Set(named.map(({ identity }) => identity)).size).toBe(4);
  });

  test('two runners that write it otherwise queue for the same places', async () => {
    const [[a], [b]] = [await hosts('ssh://lab'), await hosts('ssh://me@10.9.8.7:2222')];
    if (!a || !b) throw new Error('there are none');
    expect(placeLock(a, 1)).toBe(placeLock(b, 1));
  });
});
