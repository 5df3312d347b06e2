/** Ways that the user's ssh configuration describes, gone for real: two of OpenSSH's servers, one behind the other. */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { findProgram } from '../host/programs.ts';
import { boundToParent } from '../runner/parent-death.ts';
import { newSshKey } from '../ssh/key.ts';
import { whyNoSshd } from '../ssh/testing/real-sshd.ts';
import { hostAddresses } from './address.ts';
import { HostConnection } from './connection.ts';
import { type SshdHost, sshdHost } from './testing/sshd-host.ts';

const reason = whyNoSshd() ?? (findProgram('ssh') ? undefined : 'ssh is not installed');
const folder = mkdtempSync(join(tmpdir(), 'dj-'));
const configFile = join(folder, 'config');
let gate: SshdHost;
let lab: SshdHost;

describe.skipIf(reason !== undefined)(`by way of another host${reason ? ` (${reason})` : ''}`, () => {
  beforeAll(async () => {
    gate = await sshdHost(join(folder, 'gate'));
    // Of its own key: the jump's lets nobody in there.
    lab = await sshdHost(join(folder, 'lab'));
  });
  afterAll(async () => {
    for (const host of [gate, lab]) await host?.[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  const entry = (name: string, { port, keyFile, knownHosts }: SshdHost, ...more: string[]) =>
    [`Host ${name}`, 'HostName 127.0.0.1', `Port ${port}`, `IdentityFile ${keyFile}`, ...more]
      .concat(`UserKnownHostsFile ${knownHosts}`)
      .join('\n  ');
  const open = (host: string, config: readonly string[], env: NodeJS.ProcessEnv = {}) => {
    writeFileSync(configFile, config.join('\n'));
    const [address] = hostAddresses({ DOMES_HOST: host });
    const { DOMES_SSH_KEY: _, DOMES_SSH_KNOWN_HOSTS: __, SSH_AUTH_SOCK: ___, ...rest } = process.env;
    return HostConnection.open(address as never, { env: { ...rest, DOMES_SSH_CONFIG: configFile, ...env } });
  };
  const both = () => [entry('lab', lab, 'ProxyJump gate'), entry('gate', gate)];

  test('a host is reached through it, each with its own key, and both connections end together', async () => {
    const connection = await open('ssh://lab', both());
    expect(connection.address.name).toBe('ssh://lab');
    expect((await connection.run(['sh', '-c', 'echo $TMPDIR'])).stdout).toBe(`${lab.temporary}\n`);
    expect([gate.connections(), lab.connections()]).toEqual([1, 1]);
    await connection[Symbol.asyncDispose]();
    await vi.waitFor(() => expect([gate.connections(), lab.connections()]).toEqual([0, 0]));
  });

  test('a jump that is cut ends the connection', async () => {
    await using connection = await open('ssh://lab', both());
    gate.cut();
    await connection.closed;
    expect(connection.whyGone).toMatch(/^the connection to ssh:\/\/lab is gone: /);
  });

  test('a jump that refuses, or does not get there, says so', async () => {
    await using strict = await sshdHost(join(folder, 'strict'), { extra: ['AllowTcpForwarding no'] });
    const refused = open('ssh://lab', [entry('lab', lab, 'ProxyJump strict'), entry('strict', strict)]);
    await expect(refused).rejects.toThrow(
      /^host ssh:\/\/lab can't be reached: the host between says: .*\n.*\n.*ssh lab true/,
    );
    const gone = { ...lab, port: 1 };
    const nowhere = open('ssh://gone', [entry('gone', gone, 'ProxyJump gate'), entry('gate', gate)]);
    await expect(nowhere).rejects.toThrow(
      /^host ssh:\/\/gone can't be reached: the host between says: .*Connection refused/,
    );
    const noEntry = open('ssh://lab', [
      entry('lab', lab, 'ProxyJump gate'),
      entry('gate', { ...gate, keyFile: '/none' }),
    ]);
    await expect(noEntry).rejects.toThrow(/^host ssh:\/\/gate refused the login of /);
    await vi.waitFor(() => expect([gate.connections(), lab.connections()]).toEqual([0, 0]));
  });

  test.skipIf(!findProgram('ssh-agent'))('with IdentitiesOnly the agent shows that key alone', async () => {
    const socket = join(folder, 'agent');
    const [program, ...args] = boundToParent(['ssh-agent', '-D', '-a', socket]);
    const agent = spawn(program as string, args, { stdio: 'ignore' });
    const env = { SSH_AUTH_SOCK: socket };
    const add = (file: string) =>
      execFileSync('ssh-add', ['-q', file], { env: { ...process.env, ...env }, stdio: 'pipe' });
    try {
      await vi.waitFor(() => add(lab.keyFile), { timeout: 10_000 });
      // More than a server hears (MaxAuthTries): shown before the right one, they would end the login.
      for (let count = 0; count < 8; count++) {
        const other = join(folder, `other-${count}`);
        writeFileSync(other, newSshKey().privateText, { mode: 0o600 });
        add(other);
      }
      execFileSync('ssh-add', ['-q', '-d', lab.keyFile], { env: { ...process.env, ...env }, stdio: 'pipe' });
      add(lab.keyFile);
      // Known by its public half: the private one is in the agent.
      const named = { ...lab, keyFile: join(folder, 'named') };
      writeFileSync(`${named.keyFile}.pub`, lab.key.publicLine);
      await expect(open('ssh://lab', [entry('lab', named)], env)).rejects.toThrow(/^host ssh:\/\/lab/);
      await using connection = await open('ssh://lab', [entry('lab', named, 'IdentitiesOnly yes')], env);
      expect((await connection.run(['true'])).exitStatus).toBe(0);
    } finally {
      agent.kill();
    }
  });
});
