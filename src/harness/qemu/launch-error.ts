/** What a person reads when QEMU did not start. */
import { type FailureFacts, QemuLaunchError } from '../../errors.ts';

export interface FailedLaunch {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly argv: readonly string[];
  readonly stderr: string;
  /** Why its monitor is closed. */
  readonly cause: Error;
}

/** Mistakes that people make, by QEMU's words. */
const ADVICE: readonly (readonly [RegExp, string])[] = [
  [/CPU model|-x86_64-cpu\./, 'see what this QEMU has: qemu-system-x86_64 -cpu help'],
  [/netdev backend type/, 'a machine with a network, on another host, needs QEMU 7.2 there'],
  [/machine type/, 'see what this QEMU has: qemu-system-x86_64 -machine help'],
  [/\bkvm\b/i, 'see what this host can do: npx domes doctor; DOMES_ACCELERATOR=tcg does without KVM'],
  [/Cannot allocate memory/, 'give the machine less memory (memoryMiB)'],
];

/** QEMU's own words come first: they name the option and what is wrong with it. */
export function launchError({ code, signal, argv, stderr, cause }: FailedLaunch): QemuLaunchError {
  const words = complaint(stderr);
  const how = signal ? `was killed by ${signal}` : `ended with status ${code}`;
  const next = ADVICE.find(([sign]) => sign.test(words ?? ''))?.[1];
  const facts: FailureFacts = {
    doing: 'starting QEMU',
    ...(words === undefined && { probably: cause.message }),
    ...(next && { next }),
  };
  const summary = `QEMU ${how} before it was ready: ${words ?? 'it said nothing'}`;
  return new QemuLaunchError(summary, { exitCode: code, argv, stderr }, facts);
}

/** What is not a warning, in one line and without QEMU's own name in front. */
function complaint(stderr: string): string | undefined {
  const lines = stderr
    .split('\n')
    .map((line) => line.replace(/^(?:\S*\/)?qemu-system-\w+: /, '').trim())
    .filter((line) => line !== '' && !line.startsWith('warning: '));
  return lines.length === 0 ? undefined : lines.join('; ');
}
