/** Waiting for a guest with an ear for its silence: dom0 is asked what became of it. */
import type { Machine } from '../machine/machine.ts';
import type { Dom0 } from './dom0.ts';
import type { Domain } from './domain.ts';
import { type Look, untilSilent, whySilent } from './silence.ts';
import type { SpeakingGuest } from './speaking-guest.ts';

/** Silence after which dom0 is asked, again and again, ms. */
export const SILENT_FOR_MS = 10_000;

const ANSWER_TIMEOUT_MS = 10_000;

/** ms of the machine's time, without what the host kept it waiting for a processor. */
export function ownTime({ clock, emulation }: Machine): () => number {
  return () => clock() - emulation.hostWaitMs();
}

/**
 * Waits for something on the guest's console. When that is silent dom0 is asked for the guest's state; a state that
 * explains it is told to the diagnosis, which ends the wait. Meanwhile dom0's shell is in use now and then: a scenario
 * that runs commands there at the same time waits for them one by one.
 */
export async function attended<T>(
  guest: SpeakingGuest,
  dom0: Dom0,
  { work, silentFor = SILENT_FOR_MS }: { work: () => Promise<T>; silentFor?: number | undefined },
): Promise<T> {
  const over = new AbortController();
  const asking = askWhenSilent(guest, dom0, { silentMs: silentFor, stop: over.signal });
  try {
    return await work();
  } finally {
    over.abort();
    // The shell is nobody else's while a question is under way.
    await asking;
  }
}

async function askWhenSilent(
  { name, console, hasSpoken }: SpeakingGuest,
  dom0: Dom0,
  { silentMs, stop }: { silentMs: number; stop: AbortSignal },
): Promise<void> {
  const { machine } = dom0;
  const clock = ownTime(machine);
  let looks: Look[] = [];
  let heard = console.transcript.end;
  while (await untilSilent(console, { silentMs, clock, stop })) {
    // Somebody else is using it: another time.
    if (dom0.shell.running !== undefined) continue;
    if (console.transcript.end > heard) looks = [];
    heard = console.transcript.end;
    const domain = await domainNamed(dom0, name);
    if (stop.aborted || domain === 'no answer') return;
    looks.push({ domain, atMs: clock() });
    const verdict = whySilent({ looks, hasSpoken: hasSpoken() });
    if (!verdict) continue;
    const { transcript } = console;
    const at = { console: console.name, line: transcript.lineNumber(transcript.end), atMs: machine.clock() };
    machine.diagnosis.tell(verdict.failureClass, { ...at, text: verdict.evidence }, transcript.end);
    return;
  }
}

async function domainNamed(dom0: Dom0, name: string): Promise<Domain | undefined | 'no answer'> {
  try {
    return (await dom0.list({ timeout: ANSWER_TIMEOUT_MS })).find((domain) => domain.name === name);
  } catch {
    // The wait that this is for fails for the same reason, or goes on without an answer.
    return 'no answer';
  }
}
