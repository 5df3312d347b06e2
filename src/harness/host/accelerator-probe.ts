/** Tries an accelerator by running a boot sector in it that goes where an ordinary kernel goes. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { boundToParent } from '../runner/parent-death.ts';
import { BOOT_STEP_NAMES, BOOT_STEPS, bootSector } from './boot-sector.ts';

export type Accelerator = 'tcg' | 'kvm';

export interface ProbeResult {
  readonly works: boolean;
  /** `works`, or where it stood still and what QEMU said. */
  readonly why: string;
  readonly tookMs: number;
}

/** TCG takes 0.2 s on an idle host; a host that needs longer than this is not worth a try. */
const PROBE_TIMEOUT_MS = 10_000;

/** KVM reports that it can't go on, and QEMU then waits for ever: no need to wait for the deadline. */
const HOPELESS = /KVM internal error|emulation failure|KVM_RUN failed/;

/**
 * Boots the probe in an accelerator.
 * @param qemu path of qemu-system-x86_64.
 * @throws never for what the guest or QEMU does: that is the result.
 */
export async function tryAccelerator(
  accelerator: Accelerator,
  qemu: string,
  { timeout = PROBE_TIMEOUT_MS } = {},
): Promise<ProbeResult> {
  const folder = await mkdtemp(join(tmpdir(), 'domes-probe-'));
  try {
    const disk = join(folder, 'boot-sector.raw');
    await writeFile(disk, bootSector());
    return await boot(probeArgv(accelerator, qemu, disk), timeout);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Boots the disk in an accelerator; the letters of its steps come out on standard output. */
export function probeArgv(accelerator: Accelerator, qemu: string, disk: string): string[] {
  return [
    ...[qemu, '-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot', '-m', '64'],
    ...['-accel', accelerator, '-debugcon', 'stdio', '-device', 'isa-debug-exit,iobase=0xf4,iosize=1'],
    ...['-drive', `file=${disk.replaceAll(',', ',,')},format=raw,if=ide`],
  ];
}

async function boot(argv: readonly string[], timeout: number): Promise<ProbeResult> {
  const startedAt = performance.now();
  const [file, ...args] = boundToParent(argv);
  const child = spawn(file as string, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout,
    killSignal: 'SIGKILL',
  });
  let letters = '';
  let words = '';
  child.stdout.setEncoding('latin1').on('data', (text: string) => {
    letters = (letters + text).slice(0, BOOT_STEPS.length);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(0, 4096);
    if (HOPELESS.test(words)) child.kill('SIGKILL');
  });
  const failure = await new Promise<Error | undefined>((resolve) => {
    child.once('close', () => resolve(undefined));
    child.once('error', resolve);
  });
  const { works, why } = verdict(letters, words);
  const tookMs = Math.round(performance.now() - startedAt);
  return { works, why: works ? why : (failure?.message ?? why), tookMs };
}

/** @param letters what the boot sector wrote. @param words what QEMU said beside it. */
export function verdict(letters: string, words: string): Omit<ProbeResult, 'tookMs'> {
  const works = letters === BOOT_STEPS;
  return { works, why: works ? 'works' : standstill(letters, words) };
}

/** Says which step was never reached, with QEMU's first words about it. */
function standstill(letters: string, words: string): string {
  let reached = 0;
  while (reached < letters.length && letters[reached] === BOOT_STEPS[reached]) reached++;
  const step = BOOT_STEP_NAMES[BOOT_STEPS[reached] ?? ''] ?? 'the end';
  const error = words.split('\n').find((line) => line !== '' && !/warning:/.test(line));
  return `a test boot stood still at ${step}${error ? ` (${error.trim()})` : ''}`;
}
