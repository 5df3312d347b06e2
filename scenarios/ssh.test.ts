/** The way in by ssh: commands, files, ports, and what becomes of a connection whose machine is taken away. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, SshDroppedError, test } from '../src/harness/index.ts';
import { loggedIn } from './story/rpm-dom0.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'domes-scenario-ssh-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const sha256 = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex');

test('commands, files and ports over one connection', async ({ resume }) => {
  const machine = await resume(loggedIn);
  const ssh = await machine.ssh();
  expect(await ssh.run('cat; echo err >&2; exit 5', { input: 'in\n' })).toMatchObject({
    ...{ stdout: 'in\n', stderr: 'err\n', exitStatus: 5 },
  });
  expect(await ssh.run('kill -TERM $$')).toMatchObject({ exitStatus: 143, signal: 'SIGTERM' });

  const here = join(folder, 'here');
  writeFileSync(here, randomBytes(3_000_001));
  await ssh.upload(here, '/root/there');
  expect(await ssh.succeed('sha256sum /root/there')).toContain(sha256(here));
  await ssh.download('/root/there', join(folder, 'back'));
  expect(sha256(join(folder, 'back'))).toBe(sha256(here));
  await ssh.download('/etc/init.d', join(folder, 'init.d'));
  expect(readFileSync(join(folder, 'init.d/sshd'), 'utf8')).toContain('dropbear');

  await using forward = await ssh.forward(22);
  expect(forward.port).toBeGreaterThan(0);
  // A server behind the server: here it is the same one once more.
  await using nested = await ssh.jump({ host: '127.0.0.1', user: 'root', password: 'domes' });
  expect(await nested.succeed('hostname')).toBe('localhost');
  expect(await machine.ssh()).toBe(ssh);

  await machine.guestLogs.collect();
  expect(machine.guestLogs.collected).toContainEqual(
    expect.objectContaining({ name: 'dmesg', through: 'ssh' }),
  );
});

test('a connection that its machine takes away is named, and made anew', async ({ resume }) => {
  const machine = await resume(loggedIn);
  const ssh = await machine.ssh({ password: 'domes' });
  const running = ssh.run('exec sleep 1000').catch((error: unknown) => error);
  await machine.http.stop();
  expect(await running).toBeInstanceOf(SshDroppedError);
  expect(await running).toMatchObject({ because: 'network-stopped', blame: 'scenario' });
  // What a failure leaves comes through the console then.
  await machine.guestLogs.collect();
  expect(machine.guestLogs.collected).toContainEqual(
    expect.objectContaining({ name: 'dmesg', through: 'console' }),
  );
  const again = await machine.ssh();
  expect(again).not.toBe(ssh);
  expect(await again.succeed('echo again')).toBe('again');
});
