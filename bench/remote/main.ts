/** A machine on another host (OpenSSH's server on this one) beside the same here: launch, a shell's answer, the boot. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launchMachine } from '../../src/harness/machine/launch.ts';
import { sshdHost } from '../../src/harness/remote/testing/sshd-host.ts';
import { whyNoSshd } from '../../src/harness/ssh/testing/real-sshd.ts';
import { median } from '../median.ts';

const COMMANDS = 30;

interface Measured {
  /** Until QEMU runs. */
  readonly launchMs: number;
  /** From power-on to the shell's prompt, without what the host held QEMU back. */
  readonly bootMs: number;
  readonly commandMs: number;
}

export async function benchRemote(rounds: number): Promise<void> {
  const why = whyNoSshd();
  if (why) return console.log(`remote: ${why}`);
  const folder = mkdtempSync(join(tmpdir(), 'domes-bench-remote-'));
  process.env.DOMES_ACCELERATOR = 'tcg';
  await using host = await sshdHost(join(folder, 'there'));
  try {
    process.env.DOMES_SSH_KEY = host.keyFile;
    process.env.DOMES_SSH_KNOWN_HOSTS = host.knownHosts;
    process.env.DOMES_HOST = host.address;
    const { launchMs } = await measured(folder);
    const sentMb = host.received() / 1e6;
    console.log(`slim-dom0, direct, here and on another host, median of ${rounds}:`);
    console.log(`  first launch there     ${launchMs.toFixed(0)} ms, ${sentMb.toFixed(1)} MB sent`);
    const [here, there]: [Measured[], Measured[]] = [[], []];
    for (let round = 0; round < rounds; round++) {
      process.env.DOMES_HOST = '';
      here.push(await measured(folder));
      process.env.DOMES_HOST = host.address;
      there.push(await measured(folder));
    }
    console.log(
      `  each launch after it   ${(host.received() / rounds / 1e3).toFixed(0)} kB sent, boot included`,
    );
    for (const [name, key] of [
      ['launch', 'launchMs'],
      ['boot to the shell', 'bootMs'],
      ['a shell command', 'commandMs'],
    ] as const) {
      const [a, b] = [here, there].map((all) => median(all.map((one) => one[key]))) as [number, number];
      console.log(
        `  ${name.padEnd(20)}   ${a.toFixed(0)} ms here, ${b.toFixed(0)} ms there: ×${(b / a).toFixed(2)}`,
      );
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measured(folder: string): Promise<Measured> {
  const place = { logFolder: folder, logFolderShown: folder };
  const began = performance.now();
  await using one = await launchMachine('slim-dom0', place, {
    boot: 'direct',
    machine: { memoryMiB: 512 },
  });
  const launchMs = performance.now() - began;
  const shell = await one.machine.shell('shell', { timeout: 300_000 });
  const { atMs = 0, hostWaitMs = 0 } = one.machine.milestones.get('userspace') ?? {};
  const tookMs: number[] = [];
  for (let round = 0; round < COMMANDS; round++) tookMs.push((await shell.run('true')).tookMs);
  return { launchMs, bootMs: atMs - hostWaitMs, commandMs: median(tookMs) };
}
