/** The diagnosis of a log that stands alone: no machine and no typed input is known, only its bytes. */
import { EscapeStripper } from '../../expect/text/escape-stripper.ts';
import { guestTwin, indexFor, WRITTEN_CLASSES } from './catalogue.ts';
import type { FailureClass, Severity } from './failure-class.ts';
import { FindingBook, type Found, inCausalOrder } from './finding-book.ts';
import type { Landmark } from './landmark.ts';
import type { ScannedLine } from './line-scan.ts';
import { SignatureWatch } from './signature-watch.ts';
import { commandStart } from './spoken-line.ts';

/** A finding in a log. */
export interface LogFinding {
  readonly known: FailureClass;
  readonly severity: Severity;
  readonly evidence: { readonly line: number; readonly text: string };
}

/** What one kernel's log shows, and whose kernel it is. */
interface Boot {
  readonly book: FindingBook;
  readonly landmarks: Set<Landmark>;
}

/** So many bytes behind the last line are line ends. */
const BLANK_END = 8;

export class LogDiagnosis {
  readonly #stripper = new EscapeStripper();
  readonly #watch: SignatureWatch;
  /** Of the boots before the current one. */
  readonly #earlier = new Map<string, Found>();
  #boot: Boot = newBoot();
  #multiUser: ScannedLine | undefined;
  #kernelEntered: ScannedLine | undefined;
  /** Bytes of text so far. */
  #length = 0;

  constructor() {
    this.#watch = new SignatureWatch(indexFor('log'), {
      sign: (sign) => {
        this.#boot.book.note(sign);
        return true;
      },
      overcome: (classes) => this.#boot.book.overcome(classes),
      landmark: (landmark, line) => this.#pass(landmark, line),
      isLive: false,
      isTyped: ({ text }, _from, to) => to > (commandStart(text) ?? text.length),
    });
  }

  /** Reads on; where chunks are cut does not matter. */
  read(chunk: Uint8Array): void {
    const text = this.#stripper.strip(chunk);
    this.#length += text.length;
    this.#watch.read(text);
  }

  /** Ends the log. @returns the findings, the root cause first. */
  end(): LogFinding[] {
    this.#watch.end();
    this.#askForLogin();
    this.#askForKernel();
    this.#endBoot();
    return inCausalOrder([...this.#earlier.values()]).map(({ known, severity, evidence }) => ({
      known,
      severity,
      evidence: { line: evidence.number, text: evidence.text },
    }));
  }

  #pass(landmark: Landmark, line: ScannedLine): void {
    if (landmark === 'kernel-starts') {
      this.#endBoot();
      this.#multiUser = undefined;
    }
    this.#boot.landmarks.add(landmark);
    if (landmark === 'kernel-entered') this.#kernelEntered = line;
    if (landmark === 'multi-user') this.#multiUser = line;
    if (landmark === 'login-prompt') this.#multiUser = undefined;
  }

  /** Everything was started, and yet nobody can log in here: the last line that says so is the evidence. */
  #askForLogin(): void {
    const known = WRITTEN_CLASSES.find(({ id }) => id === 'userspace/no-login-prompt');
    if (this.#multiUser && known)
      this.#boot.book.note({ known, rank: 0, early: false, line: this.#multiUser });
  }

  /** The log ends where the kernel should begin to speak. */
  #askForKernel(): void {
    const known = WRITTEN_CLASSES.find(({ id }) => id === 'kernel/silent-start');
    const line = this.#kernelEntered;
    if (line && known && this.#length - line.to <= BLANK_END)
      this.#boot.book.note({ known, rank: 0, early: false, line });
  }

  #endBoot(): void {
    const { book } = this.#boot;
    const isGuest = isGuestsLog(this.#boot.landmarks);
    for (const found of book.inOrder()) {
      const known = isGuest ? guestTwin(found.known) : found.known;
      const before = this.#earlier.get(known.id);
      this.#earlier.set(known.id, before ? joined(before, found) : { ...found, known });
    }
    this.#boot = newBoot();
    this.#watch.startOver();
  }
}

function newBoot(): Boot {
  return { book: new FindingBook(), landmarks: new Set() };
}

function isGuestsLog(passed: ReadonlySet<Landmark>): boolean {
  if (passed.has('host-kernel')) return false;
  return passed.has('guest-kernel') || (passed.has('xen-kernel') && passed.has('xvd-root'));
}

function joined(before: Found, again: Found): Found {
  const { evidence, rank } = again.rank < before.rank ? again : before;
  return { ...before, evidence, rank, severity: again.severity };
}
