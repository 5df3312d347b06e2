/** Has Xen's toolstack do something, and says why it did not. */
import { ExpectTimeoutError, KnownFailureError } from '../../errors.ts';
import type { WaitOptions } from '../../expect/console.ts';
import { ownTime } from './attention.ts';
import type { Dom0 } from './dom0.ts';
import { untilSilent } from './silence.ts';

/** libxl gives a device or a console 10 s (LIBXL_HOTPLUG_TIMEOUT, LIBXL_INIT_TIMEOUT); then xl speaks. */
export const TOOLSTACK_SILENT_FOR_MS = 20_000;

const XENSTORED = 'toolstack/xenstored-not-running';
const INTERRUPT_TIMEOUT_MS = 10_000;

export interface ToolstackOptions extends WaitOptions {
  /** Silence of the toolstack after which it is taken to hang, ms. Default 20 000: its own limits are 10 s. */
  readonly silentFor?: number;
}

/**
 * Runs a command of the toolstack. When it prints nothing for long it is interrupted, and dom0 is asked for the daemon
 * that it may be waiting for.
 * @throws KnownFailureError when a failure that has a name shows, CommandError when it fails otherwise, with xl's own
 * words; ExpectTimeoutError when it hangs.
 */
export async function runToolstack(
  dom0: Dom0,
  command: string,
  { silentFor = TOOLSTACK_SILENT_FOR_MS, ...wait }: ToolstackOptions,
): Promise<string> {
  const { machine, shell } = dom0;
  const hung = new AbortController();
  const over = new AbortController();
  const clock = ownTime(machine);
  void untilSilent(shell.console, { silentMs: silentFor, clock, stop: over.signal }).then((silent) => {
    if (silent) hung.abort();
  });
  try {
    const signal = wait.signal ? AbortSignal.any([wait.signal, hung.signal]) : hung.signal;
    return await shell.succeed(command, { ...wait, signal });
  } catch (error) {
    if (!hung.signal.aborted || wait.signal?.aborted) throw error;
    throw await whyItHangs(dom0, command, silentFor);
  } finally {
    over.abort();
  }
}

async function whyItHangs(
  { machine, shell }: Dom0,
  command: string,
  silentFor: number,
): Promise<ExpectTimeoutError | KnownFailureError> {
  const { console } = shell;
  const { transcript } = console;
  const waited = `${(silentFor / 1000).toFixed(0)} s`;
  const lastLines = transcript.tail(6);
  console.press('ctrl-c');
  const { exitStatus } = await shell.run('pidof xenstored oxenstored', { timeout: INTERRUPT_TIMEOUT_MS });
  const facts = { doing: command, console: console.name, lastLines };
  if (exitStatus === 0)
    return new ExpectTimeoutError(
      `the toolstack hangs: it printed nothing for ${waited}`,
      silentFor,
      machine.explain(console.name, {
        ...facts,
        probably: 'it waits for a device, a lock or a daemon; xenstored runs',
        next: `run it with more words: ${command.replace(/^xl /, 'xl -vvv ')}`,
      }),
    );
  const text = `pidof xenstored: nothing; and xl printed nothing for ${waited}`;
  const at = { console: console.name, line: transcript.lineNumber(transcript.end), atMs: machine.clock() };
  machine.diagnosis.tell(XENSTORED, { ...at, text }, transcript.end);
  const finding = machine.diagnosis.findings.find((one) => one.class === XENSTORED);
  return new KnownFailureError(
    `${XENSTORED}: "${text}" while dom0 ran: ${command}`,
    XENSTORED,
    machine.explain(console.name, {
      ...facts,
      failureClass: XENSTORED,
      ...(finding && { probably: finding.cause, next: finding.remedy }),
    }),
  );
}
