/**
 * Machines on other hosts: two of OpenSSH's servers on this machine, each with a home of its own, are as far away as
 * any. What a machine needs is sent once, and nothing is left there, however it ends.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, checkpoint, expect, type Machine, test } from '../src/harness/index.ts';
import { processesIn, type SshdHost, sshdHost } from '../src/harness/remote/testing/sshd-host.ts';
import { whyNoSshd } from '../src/harness/ssh/testing/real-sshd.ts';
import { recordFailure, replayed } from './replay/recorded-failure.ts';

const DIRECT = { boot: 'direct', machine: { memoryMiB: 512 } } as const;
const ONLY_FIRMWARE = { boot: 'direct', machine: { memoryMiB: 64 } } as const;

const firmwareRan = checkpoint(
  'firmware-ran',
  { image: 'slim-dom0', launch: ONLY_FIRMWARE },
  async (machine) => {
    await machine.reach('firmware');
  },
);
const namedBySeaBios = checkpoint('named-by-seabios', { from: firmwareRan }, async (machine) => {
  await machine.console('firmware').expect(/^SeaBIOS/);
});

const reason = whyNoSshd();
let folder: string;
let one: SshdHost;
let two: SshdHost;
let runner: ChildProcess | undefined;

beforeAll(async () => {
  if (reason) return;
  folder = mkdtempSync(join(tmpdir(), 'dr-'));
  one = await sshdHost(join(folder, '1'));
  two = await sshdHost(join(folder, '2'), { key: one.key });
  appendFileSync(one.knownHosts, two.hostLine);
  process.env.DOMES_SSH_KEY = one.keyFile;
  process.env.DOMES_SSH_KNOWN_HOSTS = one.knownHosts;
  process.env.DOMES_HOST = one.address;
  // Machines of other runners are neither listed nor ended here.
  process.env.DOMES_RUN_DIR = join(folder, 'run');
  // Where KVM is there and does not work, each new home would find that out anew.
  process.env.DOMES_ACCELERATOR ||= 'tcg';
});
afterAll(async () => {
  runner?.kill('SIGKILL');
  for (const name of ['DOMES_HOST', 'DOMES_RUN_DIR', 'DOMES_SSH_KEY', 'DOMES_SSH_KNOWN_HOSTS'])
    delete process.env[name];
  for (const host of [one, two]) await host?.[Symbol.asyncDispose]();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

/** What a host has for machines; pristine files stay there, by their digests. */
const left = ({ temporary }: SshdHost) => [...readdirSync(temporary), ...processesIn(temporary)];
const nothingLeft = (host: SshdHost) => expect.poll(() => left(host), { timeout: 60_000 }).toEqual([]);

const scenario = test.skipIf(reason !== undefined);

scenario('a dom0 boots to its shell on another host', async ({ launch }) => {
  const machine = await launch('slim-dom0', DIRECT);
  expect(machine.host).toBe(one.address);
  const shell = await machine.shell();
  expect(await shell.succeed('cat /sys/hypervisor/type')).toBe('xen');
  await machine.reach('hypervisor');
  expect(one.received()).toBeGreaterThan(20e6);
  expect(processesIn(one.temporary).join('\n')).toContain('qemu-system-x86_64 -name slim-dom0,');
});

scenario('nothing was left there; the second time nothing of it is sent again', async ({ launch }) => {
  await nothingLeft(one);
  one.received();
  const machine = await launch('slim-dom0', DIRECT);
  await machine.reach('hypervisor');
  expect(one.received()).toBeLessThan(100_000);
  expect(readdirSync(one.cache).filter((name) => /^[0-9a-f]{64}$/.test(name))).toHaveLength(3);
});

scenario('images are sent ahead, and a machine then sends nothing of them', async ({ launch }) => {
  process.env.DOMES_HOST = two.address;
  expect(await domes('images', 'send', 'slim-dom0')).toMatch(/: slim-dom0: sent, [\d.]+ MB\n$/);
  expect(await domes('images', 'send', 'slim-dom0')).toMatch(/: slim-dom0: it is there\n$/);
  two.received();
  await (await launch('slim-dom0', DIRECT)).reach('firmware');
  expect(two.received()).toBeLessThan(100_000);
  process.env.DOMES_HOST = one.address;
});

scenario('the steps of a checkpoint are executed there, each time', async ({ resume, task }) => {
  process.env.DOMES_HOST = `${one.address}*2`;
  for (const name of ['first', 'second'])
    expect((await resume(namedBySeaBios, { name })).host).toMatch(/^ssh:/);
  const because = 'stored states are of this host';
  expect(task.meta.domes?.checkpoints).toMatchObject(
    ['first', 'second'].flatMap((machine) => [
      { name: 'firmware-ran', machine, did: 'executed', because },
      { name: 'named-by-seabios', machine, did: 'executed', because },
    ]),
  );
});

/** The error that ends a wait for what is never printed. */
const howTheWaitEnds = (machine: Machine): Promise<unknown> =>
  machine
    .console()
    .expect('never printed')
    .catch((error: unknown) => error);

scenario('a connection that is cut is the host’s trouble, and QEMU is gone by it', async ({ launch }) => {
  const machine = await launch('slim-dom0', DIRECT);
  await machine.reach('firmware');
  const waiting = howTheWaitEnds(machine);
  one.cut();
  expect(await waiting).toMatchObject({ blame: 'host', failureClass: 'emulator/host-lost' });
  expect((await waiting) as Error).toHaveProperty(
    'message',
    expect.stringContaining('the connection to ssh://'),
  );
  await nothingLeft(one);
});

/** Another runner, when its machine prints something. */
async function bootElsewhere(): Promise<ChildProcess> {
  runner = spawn(process.execPath, ['bin/domes.mjs', 'boot', 'slim-dom0', '--boot', 'direct'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const output = runner.stdout as NodeJS.ReadableStream;
  let printed = '';
  await new Promise<void>((resolve, reject) => {
    output.on('data', (bytes) => {
      printed += bytes;
      if (printed.includes('(XEN)')) resolve();
    });
    output.once('end', () => reject(new Error(`it ended:\n${printed}`)));
  });
  expect(left(one).join('\n')).toContain('qemu-system-x86_64');
  return runner;
}

const domes = async (...args: string[]) =>
  (await promisify(execFile)(process.execPath, ['bin/domes.mjs', ...args])).stdout;

scenario('domes kill ends a machine there, and its runner learns why', async ({ launch }) => {
  const machine = await launch('slim-dom0', DIRECT);
  await machine.reach('firmware');
  const waiting = howTheWaitEnds(machine);
  expect(await domes('ps')).toContain(`on ${one.address}`);
  expect(await domes('kill', 'slim-dom0')).toMatch(/^ended slim-dom0 /);
  expect(await waiting).toMatchObject({ failureClass: 'emulator/killed' });
  expect([await domes('ps'), left(one)]).toEqual(['no machine is running\n', []]);
});

scenario('domes kill does so, too, while the runner hangs and its environment is not ours', async () => {
  const hanging = await bootElsewhere();
  hanging.kill('SIGSTOP');
  const { DOMES_SSH_KEY, DOMES_SSH_KNOWN_HOSTS } = process.env;
  for (const name of ['DOMES_HOST', 'DOMES_SSH_KEY', 'DOMES_SSH_KNOWN_HOSTS']) delete process.env[name];
  try {
    expect(await domes('kill', 'slim-dom0')).toMatch(/^ended slim-dom0 /);
    expect([await domes('ps'), left(one)]).toEqual(['no machine is running\n', []]);
  } finally {
    Object.assign(process.env, { DOMES_HOST: one.address, DOMES_SSH_KEY, DOMES_SSH_KNOWN_HOSTS });
    hanging.kill('SIGKILL');
  }
});

scenario('a runner that is killed leaves nothing there', async () => {
  const runner = await bootElsewhere();
  runner.kill('SIGKILL');
  await once(runner, 'exit');
  await nothingLeft(one);
});

scenario('machines spread over the hosts, and no host has more than its places', async ({ launch }) => {
  process.env.DOMES_HOST = `${one.address}*2,${two.address}*1`;
  const machines = [await launch('slim-dom0', DIRECT)];
  machines.push(...(await Promise.all([launch('slim-dom0', DIRECT), launch('slim-dom0', DIRECT)])));
  const ports = machines.map(({ host }) => Number(host?.split(':').at(-1)));
  expect(ports.sort()).toEqual([one.port, one.port, two.port].sort());
  await expect(launch('slim-dom0', DIRECT)).rejects.toThrow(/no place is left for another machine/);
  const emulators = (host: SshdHost) =>
    processesIn(host.temporary).filter((line) => line.startsWith('qemu-system')).length;
  expect([emulators(one), emulators(two)]).toEqual([2, 1]);
});

scenario('a host that only another one reaches is called as ~/.ssh/config calls it', async ({ launch }) => {
  const config = join(folder, 'ssh_config');
  const entry = (name: string, { port }: SshdHost) => `Host ${name}\n HostName 127.0.0.1\n Port ${port}\n`;
  writeFileSync(config, `${entry('attic', two)} ProxyJump gate\n${entry('gate', one)}`);
  Object.assign(process.env, { DOMES_SSH_CONFIG: config, DOMES_HOST: 'ssh://attic' });
  for (const host of [one, two]) host.received();
  const machine = await launch('slim-dom0', DIRECT);
  await machine.reach('hypervisor');
  expect(machine.host).toBe('ssh://attic');
  expect([left(one), left(two).join()]).toEqual([[], expect.stringContaining('qemu-system')]);
  expect(one.received()).toBeGreaterThan(two.received());
  expect(await domes('kill', 'slim-dom0')).toMatch(/^ended slim-dom0 /);
  expect(left(two)).toEqual([]);
  delete process.env.DOMES_SSH_CONFIG;
});

let capsule: string;

scenario('a boot that fails is recorded there, and leaves nothing', async ({ launch }) => {
  process.env.DOMES_HOST = one.address;
  capsule = await recordFailure(launch);
  expect(left(one).join('\n')).toContain('qemu-system-x86_64');
});

scenario('its capsule is here, and replays here to the byte', async () => {
  await nothingLeft(one);
  const result = await replayed(capsule);
  expect(result).toMatchObject({ is: 'identical', milestones: expect.arrayContaining(['kernel']) });
  expect(result.bytes).toBeGreaterThan(5_000);
});

scenario('a pinned machine has its own time there, and its budget is of that', async ({ launch }) => {
  const machine = await launch('slim-dom0', { ...DIRECT, determinism: 'pinned' });
  await machine.reach('hypervisor', { budget: 5_000 });
  const shell = machine.console('shell');
  expect(await machine.virtualMs()).toBeGreaterThan(0);
  expect((await machine.shell()).console).toBe(shell);
  expect(await (await machine.shell()).succeed('cat /sys/hypervisor/type')).toBe('xen');
});

scenario('a mistake in DOMES_HOST is said in one sentence', async ({ launch }) => {
  for (const host of [one, two]) await nothingLeft(host);
  process.env.DOMES_HOST = 'ssh://lab*many';
  await expect(launch('slim-dom0', DIRECT)).rejects.toThrow(
    'DOMES_HOST: "ssh://lab*many": "many" is no number of places from 1 to 1000',
  );
});

test.runIf(reason !== undefined)('why there are no hosts to test with', ({ skip }) => skip(reason));

// Its console logs are here, whatever host it ran on.
scenario('the record names the host', async ({ launch }) => {
  process.env.DOMES_HOST = two.address;
  const machine = await launch('slim-dom0', ONLY_FIRMWARE);
  await machine.reach('firmware');
  const log = machine.logs.get('firmware')?.rawFile as string;
  expect(readFileSync(log, 'latin1')).toMatch(/^SeaBIOS/);
});
