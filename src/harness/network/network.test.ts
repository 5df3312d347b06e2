import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { AbortError, HostError } from '../../errors.ts';
import { processesWith } from '../runner/fixtures/what-is-left.ts';
import { runnerFolder } from '../runner/runner-folder.ts';
import { type Heard, type Ip, Station } from './fixtures/station.ts';
import { Network, type NetworkParts } from './network.ts';

const SERVER: Ip = [10, 0, 2, 100];
const GATEWAY: Ip = [10, 0, 2, 2];

let folder: string;
let package_: Buffer;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'domes-network-'));
  vi.stubEnv('DOMES_RUN_DIR', join(folder, 'run'));
  package_ = randomBytes(3 << 20);
  mkdirSync(join(folder, 'repo/repodata'), { recursive: true });
  writeFileSync(join(folder, 'repo/repodata/primary.xml.gz'), 'packed');
  writeFileSync(join(folder, 'repo/xen.rpm'), package_);
  await execa('tar', ['-cf', join(folder, 'repository.tar'), '-C', join(folder, 'repo'), '.']);
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

let made = 0;
function network(change: Partial<NetworkParts> = {}): Network {
  const own = join(folder, `machine ${++made}`);
  mkdirSync(own);
  const served = [{ name: 'repository', from: { tar: join(folder, 'repository.tar') } }];
  return new Network({ folder: own, served, clock: () => 7, ...change });
}

const get = (path: string, ...headers: string[]) =>
  `${[`GET ${path} HTTP/1.1`, 'Host: domes', 'Connection: close', ...headers].join('\r\n')}\r\n\r\n`;

function answerOf({ bytes }: Heard): { status: number; headers: string; body: Buffer } {
  const at = bytes.indexOf('\r\n\r\n');
  const headers = bytes.subarray(0, at).toString('latin1');
  return { status: Number(headers.split(' ')[1]), headers, body: bytes.subarray(at + 4) };
}

test('a guest gets what is served, byte for byte, and the requests are kept', async () => {
  await using net = network();
  const guest = new Station(await net.lay());
  const [whole, part, none] = await Promise.all([
    guest.talk(SERVER, get('/repository/xen.rpm')),
    guest.talk(SERVER, get('/repository/xen.rpm', 'Range: bytes=1000-1999')),
    guest.talk(SERVER, get('/repository/xem.rpm')),
  ]);
  expect(answerOf(whole).body.equals(package_)).toBe(true);
  expect(answerOf(part)).toMatchObject({ status: 206, body: package_.subarray(1000, 2000) });
  expect(answerOf(none).status).toBe(404);
  expect([whole.end, part.end, none.end]).toEqual(['closed', 'closed', 'closed']);
  const kept = net.http.requests.toSorted((one, other) => one.status - other.status);
  expect(kept).toMatchObject([
    { atMs: 7, method: 'GET', path: '/repository/xen.rpm', status: 200, complete: true },
    { status: 206, bytes: part.bytes.length },
    { path: '/repository/xem.rpm', status: 404 },
  ]);
  expect(kept[0]?.bytes).toBe(whole.bytes.length);
});

test('nothing else is there: not the host, no other address', async () => {
  await using net = network();
  const guest = new Station(await net.lay());
  for (const ip of [GATEWAY, [10, 0, 2, 3], [127, 0, 0, 1], [192, 0, 2, 1]] as Ip[])
    expect((await guest.talk(ip, get('/'))).end, ip.join('.')).toBe('refused');
});

test('stopped, it cuts off what it was sending and refuses; started again, it serves', async () => {
  await using net = network({ served: [{ name: 'here', from: { folder: join(folder, 'repo') } }] });
  writeFileSync(join(folder, 'repo/large'), Buffer.alloc(64 << 20));
  const guest = new Station(await net.lay());
  let stopping: Promise<void> | undefined;
  const cut = await guest.talk(SERVER, get('/here/large'), {
    onBytes: (count) => {
      if (count > 1 << 20) stopping ??= net.http.stop();
    },
  });
  await stopping;
  expect(cut.bytes.length).toBeLessThan(64 << 20);
  expect(net.http.requests.at(-1)).toMatchObject({ path: '/here/large', status: 200, complete: false });
  expect((await guest.talk(SERVER, get('/here/xen.rpm'))).end).toBe('refused');
  await net.http.start();
  expect(answerOf(await guest.talk(SERVER, get('/here/xen.rpm'))).status).toBe(200);
});

test('stopped, it refuses at once a guest that has never asked for its address', async () => {
  await using net = network();
  const cable = await net.lay();
  await net.http.stop();
  expect((await new Station(cable).talk(SERVER, get('/repository/xen.rpm'))).end).toBe('refused');
});

test('each machine has a copy of its own of what an image serves, to break on purpose', async () => {
  await using one = network();
  await using other = network();
  const broken = new Station(await one.lay());
  const sound = new Station(await other.lay());
  writeFileSync(join(one.http.folder, 'repository/xen.rpm'), 'damaged');
  const request = get('/repository/xen.rpm');
  expect(answerOf(await broken.talk(SERVER, request)).body.toString()).toBe('damaged');
  expect(answerOf(await sound.talk(SERVER, request)).body.equals(package_)).toBe(true);
});

test('a new cable: what was on the old one is cut, the server and its folder are the same', async () => {
  await using net = network();
  const before = await net.lay();
  await new Station(before).talk(SERVER, get('/repository/repodata/primary.xml.gz'));
  const after = new Station(await net.lay());
  expect(before.destroyed).toBe(true);
  const answer = answerOf(await after.talk(SERVER, get('/repository/repodata/primary.xml.gz')));
  expect(answer.body.toString()).toBe('packed');
  // A client that unpacks what it is told is packed would be left with nothing to unpack.
  expect(answer.headers).toMatch(/content-encoding: identity/i);
  expect(net.http.requests).toHaveLength(2);
  expect(net.trouble).toEqual([]);
});

test('what a guest may send without harm', async () => {
  await using net = network();
  const guest = new Station(await net.lay());
  const status = async (request: string) => answerOf(await guest.talk(SERVER, request)).status;
  expect(await status(get('/repository/xen.rpm', 'Range: bytes=5-3'))).toBe(200);
  expect(await status(get('/repository/xen.rpm', 'Range: bytes=99999999-'))).toBe(416);
  expect(await status(get('/../../../etc/passwd'))).toBe(404);
  expect(await status(get('/%2e%2e%2f%2e%2e%2fetc/passwd'))).toBe(404);
  expect(await status(get('/%00'))).toBe(404);
  expect(await status(get('/%'))).toBe(404);
  expect(await status(get('/repository/'))).toBe(404);
  expect(await status('DELETE /repository/xen.rpm HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')).toBe(
    405,
  );
  expect(await status('\x16\x03\x01 not HTTP\r\n\r\n')).toBe(400);
  chmodSync(join(net.http.folder, 'repository/xen.rpm'), 0);
  rmSync(join(net.http.folder, 'repository/repodata'), { recursive: true });
  expect(await status(get('/repository/repodata/primary.xml.gz'))).toBe(404);
});

test('killed by somebody else: the trouble is named', async () => {
  await using net = network();
  await net.lay();
  const [process_] = processesWith('DOMES_RUNNER', runnerFolder());
  process.kill(process_?.pid as number, 'SIGKILL');
  await vi.waitFor(() =>
    expect(net.trouble).toEqual(['the network process was killed by SIGKILL: the guest is cut off']),
  );
});

test('it leaves no process and no socket, whatever was under way', async () => {
  const net = network();
  const guest = new Station(await net.lay());
  let ending: Promise<void> | undefined;
  void guest.talk(SERVER, get('/repository/xen.rpm'), {
    onBytes: () => {
      ending ??= net[Symbol.asyncDispose]();
    },
  });
  await vi.waitFor(() => expect(ending).toBeDefined(), { timeout: 20_000 });
  await ending;
  await net[Symbol.asyncDispose]();
  await vi.waitFor(() => expect(processesWith('DOMES_RUNNER', runnerFolder())).toEqual([]), {
    timeout: 20_000,
  });
  expect(readdirSync(join(net.http.folder, '..'))).toEqual(['http']);
  await expect(net.lay()).rejects.toThrow(AbortError);
});

test('what can not be served is said at once', async () => {
  const from = { tar: join(folder, 'nowhere.tar') };
  await using net = network({ served: [{ name: 'repository', from }] });
  const refused = await net.lay().catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(HostError);
  expect((refused as Error).message).toContain('nowhere.tar: Cannot open: No such file or directory');
});
