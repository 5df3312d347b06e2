/** ssh to an emulated guest: a thousand commands over one connection, and a large file up and down. */
import { createHash } from 'node:crypto';
import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { launchMachine } from '../../src/harness/machine/launch.ts';
import type { Ssh } from '../../src/harness/ssh/ssh.ts';
import { median } from '../median.ts';

const PIECE = 1 << 20;
const TRANSFER = { timeout: 600_000 };

export async function benchSsh({ commands = 1_000, megabytes = 100 } = {}): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'domes-bench-ssh-'));
  try {
    await using one = await launchMachine('rpm-dom0', { logFolder: folder, logFolderShown: folder });
    const { machine } = one;
    (await machine.grub()).boot();
    await machine.logIn({ user: 'root', password: 'domes' });
    const began = performance.now();
    const ssh = await machine.ssh();
    console.log(`ssh to rpm-dom0, ${machine.spec.accelerator}:`);
    console.log(`  key let in, logged in      ${(performance.now() - began).toFixed(0)} ms`);
    await benchCommands(ssh, commands);
    await benchFile(ssh, folder, megabytes);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function benchCommands(ssh: Ssh, count: number): Promise<void> {
  await many(ssh, Math.ceil(count / 10));
  const before = await held(ssh);
  const tookMs = await many(ssh, count);
  const after = await held(ssh);
  console.log(`  ${count} commands              ${median(tookMs).toFixed(1)} ms each, median`);
  console.log(`  held before                ${JSON.stringify(before)}`);
  console.log(`  held after                 ${JSON.stringify(after)}`);
}

async function many(ssh: Ssh, count: number): Promise<number[]> {
  const tookMs: number[] = [];
  for (let round = 0; round < count; round++) {
    const result = await ssh.run(`echo ${round}; exit ${round % 256}`);
    if (result.stdout !== `${round}\n` || result.exitStatus !== round % 256)
      throw new RangeError(`command ${round}: ${JSON.stringify(result)}`);
    tookMs.push(result.tookMs);
  }
  return tookMs;
}

/** What a leak would show in: our heap and handles, the guest's processes and the server's open files. */
async function held(ssh: Ssh) {
  global.gc?.();
  const handles = process.getActiveResourcesInfo().length;
  const guest = await ssh.succeed('ls -d /proc/[0-9]* | wc -l; ls /proc/$PPID/fd | wc -l');
  const [processes, files] = guest.split('\n').map(Number);
  return { heapMb: Math.round(process.memoryUsage().heapUsed / 1e5) / 10, handles, processes, files };
}

async function benchFile(ssh: Ssh, folder: string, megabytes: number): Promise<void> {
  const [here, back] = [join(folder, 'here'), join(folder, 'back')];
  await writeNoise(here, megabytes);
  const speed = async (work: Promise<void>) => {
    const began = performance.now();
    await work;
    return (megabytes * 1_000) / (performance.now() - began);
  };
  const up = await speed(ssh.upload(here, '/root/bench', TRANSFER));
  const there = (await ssh.succeed('sha256sum < /root/bench', TRANSFER)).split(' ')[0];
  const down = await speed(ssh.download('/root/bench', back, TRANSFER));
  const digests = [await sha256(here), there, await sha256(back)];
  const isSame = new Set(digests).size === 1;
  console.log(`  ${megabytes} MB up, down           ${up.toFixed(1)}, ${down.toFixed(1)} MB/s`);
  console.log(`  digests                    ${isSame ? 'equal' : `DIFFERENT: ${digests.join(' ')}`}`);
}

/** Bytes that nothing on the way could compress: a digest of a digest of …, expanded. */
async function writeNoise(file: string, megabytes: number): Promise<void> {
  const piece = Buffer.alloc(PIECE);
  let seed = Buffer.from('domes');
  await using handle = await open(file, 'w');
  for (let left = megabytes * 1e6; left > 0; left -= PIECE) {
    for (let at = 0; at < PIECE; at += seed.copy(piece, at))
      seed = createHash('sha256').update(seed).digest();
    await handle.write(piece.subarray(0, Math.min(PIECE, left)));
  }
}

async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
