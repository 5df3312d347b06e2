/**
 * What became of a guest whose console has fallen silent: a failure that prints nothing is seen by the state of its
 * domain, and by whether it uses its processor.
 */
import type { Console } from '../../expect/console.ts';
import type { Domain } from './domain.ts';

/** What dom0 said about a silent guest, and when. */
export interface Look {
  /** `undefined`: Xen knows no such guest. */
  readonly domain: Domain | undefined;
  /** ms of the machine's own time. */
  readonly atMs: number;
}

export interface SilentGuest {
  /** Looks since it was last heard, oldest first. */
  readonly looks: readonly Look[];
  /** Whether it has ever printed anything. */
  readonly hasSpoken: boolean;
}

export interface Verdict {
  readonly failureClass: string;
  readonly evidence: string;
}

/**
 * After how many looks a silence counts. What has ended or is paused says nothing any more: one is enough. A guest that
 * waits may be waiting for a device (libxl's own limits are 10 s), and one that is busy may be unpacking something.
 */
const LOOKS = { idle: 3, busy: 6 };

/** Of one processor: above this share a guest computes, below it it waits. */
const BUSY_SHARE = 0.5;

function usage(looks: readonly Look[]): { usedMs: number; elapsedMs: number; share: number } {
  const [first] = looks;
  const last = looks.at(-1);
  const elapsedMs = (last?.atMs ?? 0) - (first?.atMs ?? 0);
  const usedMs = (last?.domain?.cpuMs ?? 0) - (first?.domain?.cpuMs ?? 0);
  return { usedMs, elapsedMs, share: elapsedMs > 0 ? usedMs / elapsedMs : 0 };
}

/** Says why a guest is silent; `undefined` while it may still speak. */
export function whySilent({ looks, hasSpoken }: SilentGuest): Verdict | undefined {
  const last = looks.at(-1);
  if (!last) return undefined;
  if (!last.domain) return { failureClass: 'toolstack/guest-gone', evidence: 'xl list: no such guest' };
  const { domain } = last;
  const { state, flags } = domain;
  const row = `xl list: ${domain.name} ${flags}, ${seconds(domain.cpuMs)} of CPU`;
  if (state === 'dying') return { failureClass: 'toolstack/guest-gone', evidence: `${row} (d: dying)` };
  if (state === 'crashed')
    return { failureClass: 'guest-kernel/domain-crashed', evidence: `${row} (c: crashed)` };
  if (state === 'shutdown')
    return { failureClass: 'guest-userspace/shut-down', evidence: `${row} (s: shut down)` };
  if (state === 'paused') return { failureClass: 'toolstack/guest-paused', evidence: `${row} (p: paused)` };

  const lately = usage(looks.slice(-LOOKS.idle));
  const isBusy = lately.share >= BUSY_SHARE;
  const needed = isBusy ? LOOKS.busy : LOOKS.idle;
  if (looks.length < needed) return undefined;
  const { usedMs, elapsedMs, share } = isBusy ? usage(looks.slice(-needed)) : lately;
  if (isBusy && share < BUSY_SHARE) return undefined;
  const evidence = `${row}, ${seconds(usedMs)} of them in the last ${seconds(elapsedMs)}, without a word`;
  if (!isBusy) return { failureClass: 'guest-kernel/silent-console', evidence };
  const failureClass = hasSpoken ? 'guest-kernel/busy-and-silent' : 'guest-kernel/stuck-before-first-line';
  return { failureClass, evidence };
}

/**
 * Resolves to true when the console has printed nothing for `silentMs`, or to false when `stop` comes first.
 * @param clock ms in which silence is counted: the machine's own, without what a busy host held it back
 */
export function untilSilent(
  console: Pick<Console, 'onChange'>,
  { silentMs, clock, stop }: { silentMs: number; clock: () => number; stop: AbortSignal },
): Promise<boolean> {
  if (stop.aborted) return Promise.resolve(false);
  return new Promise((resolve) => {
    let heardMs = clock();
    let timer: NodeJS.Timeout;
    const end = (silent: boolean) => {
      clearTimeout(timer);
      stopListening();
      stop.removeEventListener('abort', stopped);
      resolve(silent);
    };
    const stopped = () => end(false);
    const look = () => {
      const leftMs = heardMs + silentMs - clock();
      if (leftMs <= 0) end(true);
      // A clock that stands still (the host is busy) is asked again soon, but not at once.
      else timer = setTimeout(look, Math.max(leftMs, 20));
    };
    const stopListening = console.onChange(() => {
      heardMs = clock();
    });
    stop.addEventListener('abort', stopped);
    look();
  });
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
