import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, connect as tcp } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import {
  AbortError,
  CommandError,
  EndOfStreamError,
  ExpectTimeoutError,
  GuestError,
  HostKeyError,
  KnownFailureError,
  SshDroppedError,
} from '../../errors.ts';
import { HostKeys } from './host-keys.ts';
import { Ssh } from './ssh.ts';
import { AT_ONCE, InProcessServer } from './testing/in-process-server.ts';
import { testPlace } from './testing/place.ts';

const LOGIN = { user: 'root', password: 'domes' };

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'domes-ssh-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a promise rejects with. */
const refused = (work: Promise<unknown>): Promise<Error> =>
  work.then(
    () => new Error('nothing'),
    (error) => error,
  );

async function connected() {
  const server = new InProcessServer();
  const place = testPlace(() => server.open());
  const ssh = await Ssh.connect(place, LOGIN, new HostKeys());
  return {
    ...{ server, place, ssh },
    async [Symbol.asyncDispose]() {
      await ssh[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

describe('a command', () => {
  test('has a status, its two streams and its input', async () => {
    await using one = await connected();
    const result = await one.ssh.run('cat; echo wrong >&2; exit 7', { input: 'read äöü\n' });
    expect(result).toMatchObject({ stdout: 'read äöü\n', stderr: 'wrong\n', exitStatus: 7 });
    expect(result).not.toHaveProperty('signal');
    expect(await one.ssh.succeed('cat', { input: Readable.from(['a', 'b\n']) })).toBe('ab');
    expect(await one.ssh.succeed('cat')).toBe('');
  });

  test('that ends at once has its status all the same', async () => {
    await using one = await connected();
    for (let round = 0; round < 20; round++)
      expect(await one.ssh.run(AT_ONCE)).toMatchObject({ stdout: 'at once', exitStatus: 3 });
  });

  test('that a signal ends has its name', async () => {
    await using one = await connected();
    expect(await one.ssh.run('kill -TERM $$')).toMatchObject({ exitStatus: 143, signal: 'SIGTERM' });
    await using sleeper = await one.ssh.start('exec sleep 100');
    sleeper.stdout.resume();
    sleeper.stderr.resume();
    sleeper.kill('INT');
    expect(await sleeper.ended).toEqual({ exitStatus: 130, signal: 'SIGINT' });
  });

  test('that must succeed is an error with its words when it does not', async () => {
    await using one = await connected();
    const error = await refused(one.ssh.succeed('echo no such thing >&2; exit 3'));
    expect(error).toBeInstanceOf(CommandError);
    expect(error).toMatchObject({ exitStatus: 3, output: 'no such thing\n' });
    expect(error.message).toContain('│ no such thing');
  });

  test('that does not read its input ends all the same', async () => {
    await using one = await connected();
    const endless = Readable.from(
      (function* () {
        for (;;) yield Buffer.alloc(65_536);
      })(),
    );
    expect(await one.ssh.run('exit 4', { input: endless })).toMatchObject({ exitStatus: 4 });
    endless.destroy();
  });

  test('whose time is up is let go of, and the next one runs', async () => {
    await using one = await connected();
    const error = await refused(one.ssh.run('exec sleep 100', { timeout: 50 }));
    expect(error).toBeInstanceOf(ExpectTimeoutError);
    expect(error.message).toContain('ssh root@tested "exec sleep 100"');
    expect(await one.ssh.succeed('echo next')).toBe('next');
  });

  test('is cut short by a known failure on the console, and by an abort', async () => {
    await using one = await connected();
    const panic = refused(one.ssh.run('exec sleep 100'));
    await vi.waitFor(() => expect(one.server.commands).toHaveLength(1));
    one.place.guest.print('FATAL: panic\n');
    expect(await panic).toBeInstanceOf(KnownFailureError);
    await using other = await connected();
    const abort = new AbortController();
    const aborted = refused(other.ssh.run('exec sleep 100', { signal: abort.signal }));
    await vi.waitFor(() => expect(other.server.commands).toHaveLength(1));
    abort.abort();
    expect(await aborted).toBeInstanceOf(AbortError);
  });
});

describe('a server', () => {
  test('that is not up yet is waited for', async () => {
    await using server = new InProcessServer();
    server.isUp = false;
    const place = testPlace(() => server.open());
    const connecting = Ssh.connect(place, LOGIN, new HostKeys());
    await vi.waitFor(() => expect(server.asked).toBeGreaterThan(2));
    server.isUp = true;
    await using ssh = await connecting;
    expect(await ssh.succeed('echo up')).toBe('up');
  });

  test('that never comes up: the deadline, with what the last attempt ran into', async () => {
    await using server = new InProcessServer();
    server.isUp = false;
    const place = testPlace(() => server.open());
    const error = await refused(Ssh.connect(place, LOGIN, new HostKeys(), { timeout: 250 }));
    expect(error).toBeInstanceOf(ExpectTimeoutError);
    expect(error.message).toMatch(/the ssh server of tested[\s\S]*the last attempt: /);
    const { asked } = server;
    server.isUp = true;
    // Nobody goes on asking.
    await place.until('a moment', { check: () => undefined }, { timeout: 200 }).catch(() => {});
    expect(server.asked).toBe(asked);
    expect(server.connections).toBe(0);
  });

  test.each(['a failure', 'its end'])(
    'that never comes up: %s of the machine ends the wait',
    async (what) => {
      await using server = new InProcessServer();
      server.isUp = false;
      const place = testPlace(() => server.open());
      const connecting = refused(Ssh.connect(place, LOGIN, new HostKeys()));
      await vi.waitFor(() => expect(server.asked).toBeGreaterThan(1));
      if (what === 'a failure') place.guest.print('FATAL: no network\n');
      else place.guest.end();
      expect(await connecting).toBeInstanceOf(what === 'a failure' ? KnownFailureError : EndOfStreamError);
    },
  );

  test('that refuses the login says so at once', async () => {
    await using server = new InProcessServer();
    const place = testPlace(() => server.open());
    const error = await refused(Ssh.connect(place, { user: 'root', password: 'wrong' }, new HostKeys()));
    expect(error).toMatchObject({ code: 'DOMES_SSH_LOGIN', blame: 'guest' });
    expect(error.message).toContain('the ssh server of tested refused the login of root');
    expect(server.asked).toBe(1);
  });

  test('is known by its key from the first connection on; another key is an error', async () => {
    await using server = new InProcessServer();
    const place = testPlace(() => server.open());
    const hostKeys = new HostKeys();
    await (await Ssh.connect(place, LOGIN, hostKeys))[Symbol.asyncDispose]();
    await (await Ssh.connect(place, LOGIN, hostKeys))[Symbol.asyncDispose]();
    const [known] = hostKeys.fingerprints;
    server.changeKey();
    const error = await refused(Ssh.connect(place, LOGIN, hostKeys));
    expect(error).toBeInstanceOf(HostKeyError);
    expect(error).toMatchObject({ fingerprint: expect.stringMatching(/^SHA256:/) });
    expect(error.message).toContain(`known: ${known};`);
    expect(hostKeys.fingerprints).toEqual([known]);
  });

  test('whose key was learned is checked at the first connection already', async () => {
    await using server = new InProcessServer();
    const place = testPlace(() => server.open());
    const right = new HostKeys();
    right.learn(`some words\n${server.publicLine} root@tested\n`);
    await (await Ssh.connect(place, LOGIN, right))[Symbol.asyncDispose]();
    const wrong = new HostKeys();
    wrong.learn(new InProcessServer().publicLine);
    expect(await refused(Ssh.connect(place, LOGIN, wrong))).toBeInstanceOf(HostKeyError);
  });
});

describe('a connection that is gone', () => {
  test('ends what is under way, with its cause', async () => {
    await using one = await connected();
    const running = refused(one.ssh.run('exec sleep 100'));
    await vi.waitFor(() => expect(one.server.commands).toHaveLength(1));
    one.server.cut();
    const error = await running;
    expect(error).toBeInstanceOf(SshDroppedError);
    expect(error).toMatchObject({ because: 'server-closed', blame: 'guest', code: 'DOMES_SSH_DROPPED' });
    expect(one.ssh.isClosed).toBe(true);
    for (const after of [
      () => one.ssh.run('true'),
      () => one.ssh.upload(folder, '/nowhere'),
      () => one.ssh.stream(1),
      () => one.ssh.forwardBack(1),
    ])
      expect(await refused(after())).toBeInstanceOf(SshDroppedError);
  });

  test('has the cause that the machine knows', async () => {
    await using one = await connected();
    one.place.drop = { because: 'network-stopped', blame: 'scenario', cause: 'http.stop() was called' };
    one.server.cut();
    const error = await refused(one.ssh.run('true'));
    expect(error).toMatchObject({ because: 'network-stopped', blame: 'scenario' });
    expect(error.message).toContain('http.stop() was called');
  });

  test('disposing it is idempotent, and leaves nothing', async () => {
    await using one = await connected();
    const forward = await one.ssh.forward(1);
    await one.ssh[Symbol.asyncDispose]();
    await one.ssh[Symbol.asyncDispose]();
    await forward[Symbol.asyncDispose]();
    await vi.waitFor(() => expect(one.server.connections).toBe(0));
    expect(await refused(once(tcp(forward.port, '127.0.0.1'), 'connect'))).toMatchObject({
      code: 'ECONNREFUSED',
    });
  });
});

describe('ports', () => {
  /** A server that answers what it is told, backwards, once it has been told all. */
  async function backwards() {
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      let heard = '';
      socket.on('data', (chunk) => {
        heard += chunk;
        if (heard.endsWith('.')) socket.write('whole');
      });
      socket.on('end', () => socket.end([...heard].reverse().join('')));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return { port: (server.address() as AddressInfo).port, [Symbol.dispose]: () => void server.close() };
  }
  const asked = async (port: number, words: string) => {
    const socket = tcp({ port, host: '127.0.0.1', allowHalfOpen: true });
    socket.end(words);
    return text(socket);
  };

  test('lead into the guest, and back out of it', async () => {
    await using one = await connected();
    using server = await backwards();
    await using into = await one.ssh.forward(server.port, '127.0.0.1');
    expect(await Promise.all([asked(into.port, 'abc'), asked(into.port, 'xyz')])).toEqual(['cba', 'zyx']);
    await using back = await one.ssh.forwardBack(server.port);
    // Not half-closed: the test's server can't pass that on.
    const socket = tcp(back.port, '127.0.0.1');
    socket.write('out.');
    expect(String((await once(socket, 'data'))[0])).toBe('whole');
    socket.destroy();
  });

  test('that nobody listens at: the connection is reset; a stream is refused by name', async () => {
    await using one = await connected();
    await using into = await one.ssh.forward(1, '127.0.0.1');
    await expect(asked(into.port, 'abc')).rejects.toThrow();
    const error = await refused(one.ssh.stream(1, '127.0.0.1'));
    expect(error).toBeInstanceOf(GuestError);
    expect(error.message).toContain('refused a stream to 127.0.0.1:1 through tested');
  });

  test('a jump: the server behind the server, with a key of its own to pin', async () => {
    await using one = await connected();
    await using inner = new InProcessServer();
    const target = { host: '127.0.0.1', port: await inner.port(), ...LOGIN };
    await using nested = await one.ssh.jump(target);
    expect(await nested.succeed('echo inside')).toBe('inside');
    expect(inner.commands).toEqual(['echo inside']);
    await nested[Symbol.asyncDispose]();
    inner.changeKey();
    expect(await refused(one.ssh.jump(target))).toBeInstanceOf(HostKeyError);
  });
});
