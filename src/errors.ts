/**
 * The whole failure vocabulary of domes.
 *
 *   DomesError { code, blame }
 *   ├── GuestError      blame guest     the system under test misbehaved: the test FAILED
 *   │   ├── ExpectTimeoutError          the guest did not print what was awaited
 *   │   ├── KnownFailureError           the guest printed a known failure; the wait ended at once
 *   │   ├── EndOfStreamError            the console ended (QEMU or the guest is gone)
 *   │   ├── TypingError                 the guest did not take what was typed
 *   │   ├── CommandError                a command in the guest ended with a status nobody wanted
 *   │   ├── HostKeyError                an ssh server has another key than the one that is known
 *   │   └── BudgetError                 a milestone was reached later than its budget allows
 *   ├── HostError       blame host      QEMU, disk, image: the test ERRORED, a retry is fair
 *   │   ├── QemuLaunchError             QEMU did not start, or ended before it was told to run
 *   │   ├── QemuGoneError               QEMU ended by itself while something was awaited of its guest
 *   │   ├── QmpError                    QEMU refused a command
 *   │   ├── ImageError                  an image could not be had
 *   │   ├── SnapshotError               a saved machine state is damaged, or does not fit this host
 *   │   ├── CapsuleError                a capsule can't be replayed here
 *   │   └── HostSetupError              a program or package is missing on this host
 *   ├── SshDroppedError  by its reason  an ssh connection that was there is gone
 *   ├── ScenarioError   blame scenario  the script, options or manifest are wrong: fix them
 *   └── AbortError      blame runner    the run was cancelled (Ctrl-C, --bail, timeout of the test)
 *
 * Facts are fields; the text is rendered from them. `code` is stable and survives the way from a worker
 * process to the reporter, where `instanceof` does not.
 */

import { printable, printableLine } from './printable.ts';

export type Blame = 'guest' | 'host' | 'scenario' | 'runner';

/** One line of a console as it is shown in an error: when it was printed (ms since power-on) and its text. */
export interface EvidenceLine {
  readonly atMs: number;
  readonly text: string;
}

/**
 * What is known about the moment of a failure. Every part may be missing: what is not known is not
 * printed. The harness fills in what the expect layer cannot know (machine, stage, class).
 */
export interface FailureFacts {
  /** What was being awaited or done, as a phrase: `login "login: "`. */
  readonly doing?: string;
  /** Machine name and its way there: `slim-dom0 ▸ domU debian, tcg`. */
  readonly machine?: string;
  readonly console?: string;
  /** What has been heard of the console: `silent for 58 s; 214 bytes of text unread`. */
  readonly heard?: string;
  /** Milestones so far: `firmware 0.4 s · bootloader 1.3 s · hypervisor ✗`. */
  readonly reached?: string;
  /** `stage/kebab-label: cause; remedy` of the failure class, where one is known. */
  readonly failureClass?: string;
  /** Last lines of the console, oldest first. */
  readonly lastLines?: readonly EvidenceLine[];
  /** What probably went wrong, in a sentence. */
  readonly probably?: string;
  /** What to do next, in a sentence or a command. */
  readonly next?: string;
  /** The command that shows this very failure again. */
  readonly again?: string;
  /** `file:line` of the transcript. */
  readonly transcript?: string;
}

/** Root of every error that domes throws on purpose. */
export class DomesError extends Error {
  readonly code: string;
  readonly blame: Blame;
  /** The first line of the message, without the facts. */
  readonly summary: string;
  readonly facts: FailureFacts;

  constructor(code: string, blame: Blame, summary: string, facts: FailureFacts = {}, options?: ErrorOptions) {
    super(renderFailure(summary, blame, facts), options);
    this.name = new.target.name;
    // The stack starts where the error is thrown, under its own name, not in these constructors.
    Error.captureStackTrace(this, new.target);
    this.code = code;
    this.blame = blame;
    this.summary = summary;
    this.facts = facts;
  }

  /** The message for a person who has typed a command: whom to blame is a matter of a test's verdict. */
  get withoutBlame(): string {
    return renderFailure(this.summary, undefined, this.facts);
  }

  /**
   * What crosses to Vitest's main process and into its blob reports. Vitest prints every field of an error that it
   * doesn't know below the message, as an object dump; the message says it all already, so the facts travel under
   * a name that its printer skips (`skipErrorProperties`, Vitest 4.1). `failureOf` reads them there.
   */
  toJSON(): { name: string; message: string; [FAILURE_CARRIER]: Failure } {
    const { failureClass } = this as { failureClass?: unknown };
    const failure = { code: this.code, blame: this.blame, summary: this.summary, facts: this.facts };
    return {
      name: this.name,
      message: this.message,
      [FAILURE_CARRIER]: typeof failureClass === 'string' ? { ...failure, failureClass } : failure,
    };
  }
}

/** A `DomesError` as data. */
export interface Failure {
  readonly code: string;
  readonly blame: Blame;
  readonly summary: string;
  readonly facts: FailureFacts;
  /** `stage/kebab-label`, where the error is of a known class. */
  readonly failureClass?: string;
}

const FAILURE_CARRIER = 'runnerError';

/** The failure behind an error, live or back from another process; `undefined` when domes did not throw it. */
export function failureOf(error: unknown): Failure | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const carried =
    error instanceof DomesError ? error.toJSON() : (error as { [FAILURE_CARRIER]?: Partial<Failure> });
  const failure = carried[FAILURE_CARRIER];
  return failure?.code?.startsWith('DOMES_') ? (failure as Failure) : undefined;
}

/** The system under test misbehaved. */
export class GuestError extends DomesError {
  constructor(code: string, summary: string, facts?: FailureFacts, options?: ErrorOptions) {
    super(code, 'guest', summary, facts, options);
  }
}

/** The guest did not print what was awaited before the deadline. */
export class ExpectTimeoutError extends GuestError {
  /** How long the wait was allowed to take, ms. */
  readonly timeoutMs: number;

  constructor(summary: string, timeoutMs: number, facts?: FailureFacts) {
    super('DOMES_EXPECT_TIMEOUT', summary, facts);
    this.timeoutMs = timeoutMs;
  }
}

/** A known failure showed up on a console of the machine, and ended the wait at once. */
export class KnownFailureError extends GuestError {
  /** `stage/kebab-label`. */
  readonly failureClass: string;

  constructor(summary: string, failureClass: string, facts?: FailureFacts) {
    super('DOMES_KNOWN_FAILURE', summary, facts);
    this.failureClass = failureClass;
  }
}

/** The console ended while something was awaited on it: QEMU is gone, or the guest's console was closed. */
export class EndOfStreamError extends GuestError {
  constructor(summary: string, facts?: FailureFacts) {
    super('DOMES_END_OF_STREAM', summary, facts);
  }
}

/** The guest did not take what was typed: its echo never came, or came differently. */
export class TypingError extends GuestError {
  /** What came instead of the echo; empty when nothing did. */
  readonly echo: string;

  constructor(summary: string, echo: string, facts?: FailureFacts) {
    super('DOMES_TYPING', summary, facts);
    this.echo = echo;
  }
}

/** A command in the guest ended with a status that the scenario did not want. */
export class CommandError extends GuestError {
  readonly exitStatus: number;
  readonly output: string;

  constructor(summary: string, result: { exitStatus: number; output: string }, facts?: FailureFacts) {
    super('DOMES_COMMAND', summary, facts);
    this.exitStatus = result.exitStatus;
    this.output = result.output;
  }
}

/** An ssh server showed another host key than the one that was learned, or seen first. */
export class HostKeyError extends GuestError {
  /** The new one, as `ssh-keygen -l` shows it. */
  readonly fingerprint: string;

  constructor(summary: string, fingerprint: string, facts?: FailureFacts) {
    super('DOMES_HOST_KEY', summary, facts);
    this.fingerprint = fingerprint;
  }
}

/** An ssh connection that was there is gone, and what was under way over it with it. */
export class SshDroppedError extends DomesError {
  readonly because: 'server-closed' | 'machine-ended' | 'network-stopped' | 'silent';

  constructor(summary: string, because: SshDroppedError['because'], blame: Blame, facts?: FailureFacts) {
    super('DOMES_SSH_DROPPED', blame, summary, facts);
    this.because = because;
  }
}

/** A milestone was reached, but later than its budget allows. */
export class BudgetError extends GuestError {
  constructor(summary: string, facts?: FailureFacts) {
    super('DOMES_BUDGET', summary, facts);
  }
}

/** QEMU, disk, image or another thing of this host misbehaved; a retry is fair. */
export class HostError extends DomesError {
  constructor(code: string, summary: string, facts?: FailureFacts, options?: ErrorOptions) {
    super(code, 'host', summary, facts, options);
  }
}

/** The script, its options or the manifest are wrong: names the field and the file. */
export class ScenarioError extends DomesError {
  constructor(summary: string, facts?: FailureFacts, options?: ErrorOptions) {
    super('DOMES_SCENARIO', 'scenario', summary, facts, options);
  }
}

/** The run was cancelled while something was being done. */
export class AbortError extends DomesError {
  constructor(summary: string, facts?: FailureFacts, options?: ErrorOptions) {
    super('DOMES_ABORTED', 'runner', summary, facts, options);
  }
}

/** An image could not be had: missing, wrong digest, cut download, failed recipe. */
export class ImageError extends HostError {
  constructor(summary: string, facts?: FailureFacts, options?: ErrorOptions) {
    super('DOMES_IMAGE', summary, facts, options);
  }
}

/** A saved machine state is damaged, does not fit this host, or could not be made. */
export class SnapshotError extends HostError {
  constructor(summary: string, facts?: FailureFacts, options?: ErrorOptions) {
    super('DOMES_SNAPSHOT', summary, facts, options);
  }
}

/** QEMU itself ended, killed or by its own mistake, while something was awaited of its guest. */
export class QemuGoneError extends HostError {
  /** `emulator/kebab-label`. */
  readonly failureClass: string;

  constructor(summary: string, failureClass: string, facts?: FailureFacts) {
    super('DOMES_QEMU_GONE', summary, facts);
    this.failureClass = failureClass;
  }
}

/** QEMU's monitor refused a command, or closed before it replied. */
export class QmpError extends HostError {
  /** The command that failed, `snapshot-save` say. */
  readonly command: string;

  constructor(command: string, reason: string, options?: ErrorOptions) {
    super('DOMES_QMP', `QMP ${command}: ${reason}`, {}, options);
    this.command = command;
  }
}

/** QEMU did not start, or ended before it was told to run. */
export class QemuLaunchError extends HostError {
  readonly exitCode: number | null;
  readonly argv: readonly string[];
  /** What QEMU wrote to its standard error. */
  readonly stderr: string;

  constructor(
    summary: string,
    exit: { exitCode: number | null; argv: readonly string[]; stderr: string },
    facts?: FailureFacts,
  ) {
    super('DOMES_QEMU_LAUNCH', summary, facts);
    this.exitCode = exit.exitCode;
    this.argv = exit.argv;
    this.stderr = exit.stderr;
  }
}

/** A capsule can't be replayed here: it is damaged, its image or its QEMU is not there. */
export class CapsuleError extends HostError {
  constructor(summary: string, facts?: FailureFacts, options?: ErrorOptions) {
    super('DOMES_CAPSULE', summary, facts, options);
  }
}

/** A program or package that domes needs is missing on this host. */
export class HostSetupError extends HostError {
  constructor(summary: string, facts?: FailureFacts, options?: ErrorOptions) {
    super('DOMES_HOST_SETUP', summary, facts, options);
  }
}

const BLAME_TEXT: Record<Blame, string> = {
  guest: 'guest: the system under test misbehaved',
  host: 'host: QEMU, the image or this machine misbehaved; the guest is not to blame',
  scenario: 'scenario: the script, its options or the manifest need mending',
  runner: 'runner: the run was cancelled',
};

/** Renders the message: a summary line, then one aligned row for each known fact. */
function renderFailure(summary: string, blame: Blame | undefined, facts: FailureFacts): string {
  const rows: string[] = [];
  const row = (label: string, text: string | undefined) => {
    if (text) rows.push(`  ${label.padEnd(11)} ${printable(text)}`);
  };
  const isPlain = blame === 'scenario' && Object.keys(facts).length === 0;
  row('blame', blame === undefined || isPlain ? undefined : BLAME_TEXT[blame]);
  row('doing', facts.doing && summary.includes(facts.doing) ? undefined : facts.doing);
  row('machine', facts.machine);
  row('console', facts.console);
  row('heard', facts.heard);
  row('reached', facts.reached);
  row('class', facts.failureClass);
  row('probably', facts.probably);
  for (const line of facts.lastLines ?? [])
    rows.push(`  ${(line.atMs / 1000).toFixed(3).padStart(9)} │ ${printableLine(line.text)}`);
  row('transcript', facts.transcript);
  row('next', facts.next);
  row('again', facts.again);
  return [printable(summary), ...rows].join('\n');
}
