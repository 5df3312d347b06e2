import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { GuestError, HostError, ScenarioError, SshDroppedError } from '../../errors.ts';
import { HostKeys } from './host-keys.ts';
import { Ssh } from './ssh.ts';
import { InProcessServer } from './testing/in-process-server.ts';
import { testPlace } from './testing/place.ts';
import { realSshd, whyNoSshd } from './testing/real-sshd.ts';

let folder: string;
/** Without the quote and the blank, which its configuration can't have. */
let sshdFolder: string;
beforeAll(() => {
  sshdFolder = mkdtempSync(join(tmpdir(), 'domes-sshd-'));
  folder = mkdtempSync(join(tmpdir(), "domes ssh'files-"));
});
afterAll(() => {
  for (const one of [folder, sshdFolder]) rmSync(one, { recursive: true, force: true });
});

let made = 0;
const place = (name = 'new') => join(folder, `${name}-${++made}`);

const server = new InProcessServer();
afterAll(() => server[Symbol.asyncDispose]());

const SERVERS = {
  'cat and tar': async () => {
    const login = { user: 'root', password: server.password };
    return Ssh.connect(
      testPlace(() => server.open()),
      login,
      new HostKeys(),
    );
  },
  'SFTP of a real sshd': async () => {
    const sshd = realSshd(mkdtempSync(join(sshdFolder, 'sshd-')));
    const hostKeys = new HostKeys();
    hostKeys.learn(sshd.hostLine);
    const login = { user: userInfo().username, privateKey: sshd.key.privateText };
    return Ssh.connect(
      testPlace(() => sshd.open()),
      login,
      hostKeys,
    );
  },
} as const;

const missing = whyNoSshd();
if (missing) console.info(`ssh by SFTP is not tested here: ${missing}`);

describe.for(Object.entries(SERVERS))('by %s', ([name, connect]) => {
  test.skipIf(name !== 'cat and tar' && missing)('a file goes up and down, byte for byte', async () => {
    await using ssh = await connect();
    for (const bytes of [0, 1, 32_768, 3_000_001]) {
      const [here, there, back] = [place(), place(), place()];
      writeFileSync(here, randomBytes(bytes));
      chmodSync(here, 0o640);
      await ssh.upload(here, there);
      await ssh.download(there, back);
      expect(readFileSync(there).equals(readFileSync(here)), `${bytes} bytes up`).toBe(true);
      expect(readFileSync(back).equals(readFileSync(here)), `${bytes} bytes down`).toBe(true);
      expect(statSync(there).mode & 0o777).toBe(0o640);
    }
  });

  test.skipIf(name !== 'cat and tar' && missing)('a tree goes up, and down without its links', async () => {
    await using ssh = await connect();
    const [here, there, back] = [place(), place(), place()];
    mkdirSync(join(here, "a b/it's/empty"), { recursive: true });
    writeFileSync(join(here, 'a b/$HOME'), 'text');
    symlinkSync('/etc/passwd', join(here, 'a b/link'));
    await ssh.upload(here, there);
    // Once more: what is there is no hindrance.
    writeFileSync(join(here, 'a b/$HOME'), 'newer text');
    await ssh.upload(here, there);
    expect(readFileSync(join(there, 'a b/$HOME'), 'utf8')).toBe('newer text');
    expect(lstatSync(join(there, 'a b/link')).isSymbolicLink()).toBe(true);
    await ssh.download(there, back);
    const all = readdirSync(back, { recursive: true, encoding: 'utf8' }).sort();
    expect(all).toEqual(['a b', 'a b/$HOME', "a b/it's", "a b/it's/empty"]);
    expect(await ssh.download(there, back).catch((error: unknown) => error)).toBeInstanceOf(ScenarioError);
  });

  test.skipIf(name !== 'cat and tar' && missing)('what is not there, here or there, is said', async () => {
    await using ssh = await connect();
    const error = (work: Promise<void>) => work.catch((cause: unknown) => cause);
    const down = await error(ssh.download('/no such file', place()));
    expect(down).toBeInstanceOf(GuestError);
    expect((down as Error).message).toMatch(/no such file'?: No such file/i);
    const here = place();
    writeFileSync(here, 'text');
    expect(await error(ssh.upload(here, '/no such folder/file'))).toBeInstanceOf(GuestError);
    expect(await error(ssh.upload('/no such file', place()))).toBeInstanceOf(ScenarioError);
    const full = await error(ssh.download(here, '/no such folder/file'));
    expect(full).toBeInstanceOf(HostError);
    expect(existsSync('/no such folder/file.part')).toBe(false);
    // And the connection serves on.
    expect(await ssh.succeed('echo on')).toBe('on');
  });

  test.skipIf(name !== 'cat and tar' && missing)('a file of /proc has no size, but text', async () => {
    await using ssh = await connect();
    const back = place();
    await ssh.download('/proc/version', back);
    expect(readFileSync(back, 'utf8')).toBe(readFileSync('/proc/version', 'utf8'));
  });
});

test('cut off half-way: an error with its cause, and nothing half written', async () => {
  await using server = new InProcessServer();
  const tested = testPlace(() => server.open());
  await using ssh = await Ssh.connect(tested, { user: 'root', password: 'domes' }, new HostKeys());
  const back = place();
  const down = ssh.download('/dev/zero', back).catch((error: unknown) => error);
  await expect.poll(() => existsSync(`${back}.part`) && statSync(`${back}.part`).size).toBeGreaterThan(1e6);
  server.cut();
  expect(await down).toBeInstanceOf(SshDroppedError);
  await expect.poll(() => existsSync(`${back}.part`)).toBe(false);
  expect(existsSync(back)).toBe(false);
});

test('a command over a real sshd, by key', { skip: missing !== undefined }, async () => {
  await using ssh = await SERVERS['SFTP of a real sshd']();
  expect(await ssh.run('echo out; echo err >&2; exit 9')).toMatchObject({
    ...{ stdout: 'out\n', stderr: 'err\n', exitStatus: 9 },
  });
  expect(await ssh.run('kill -KILL $$')).toMatchObject({ exitStatus: 137, signal: 'SIGKILL' });
});
