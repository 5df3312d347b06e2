/**
 * The diagnosis of one machine: signatures of known failures are looked for on every console, all the time. A fatal
 * one that the scenario does not expect ends every wait at once.
 */
import { ScenarioError } from '../../errors.ts';
import type { Console } from '../../expect/console.ts';
import type { Interrupt, RaisedFailure } from '../../expect/interrupt.ts';
import { Listeners } from '../../expect/listeners.ts';
import type { ConsoleRole } from '../console/port.ts';
import type { FindingRecord } from '../report/record.ts';
import { FAILURE_CLASSES, indexFor } from './catalogue.ts';
import { watchConsole } from './console-watch.ts';
import type { FailureClass } from './failure-class.ts';
import { inCausalOrder } from './finding-book.ts';
import { raisedFailure } from './raised-failure.ts';
import { Setbacks } from './setbacks.ts';
import type { Sign } from './signature-watch.ts';

const CLASS_BY_ID: ReadonlyMap<string, FailureClass> = new Map(
  FAILURE_CLASSES.map((known) => [known.id, known]),
);

export class Diagnosis implements Interrupt {
  readonly #findings: FindingRecord[] = [];
  readonly #expected = new Set<string>();
  readonly #raisedListeners = new Listeners<RaisedFailure>();
  readonly #findingListeners = new Listeners<void>();
  /** For each class and console, its finding and how good its evidence is. */
  #latest = new Map<string, { at: number; rank: number }>();
  #raised: RaisedFailure | undefined;
  readonly #setbacks = new Setbacks();

  get raised(): RaisedFailure | undefined {
    return this.#raised;
  }

  /** As they were found. A class that shows again and again on a console is one finding. */
  get findings(): readonly FindingRecord[] {
    return this.#findings;
  }

  /** The finding that most likely caused the others, of those that were not expected; hard and fatal ones only. */
  get rootCause(): FindingRecord | undefined {
    const orderable = this.#findings.flatMap((finding) => {
      const known = CLASS_BY_ID.get(finding.class);
      return known && !finding.expected
        ? [{ finding, known, severity: finding.severity, firstLine: finding.evidence.atMs }]
        : [];
    });
    const ordered = inCausalOrder(orderable).map(({ finding }) => finding);
    return ordered.some(isSerious) ? ordered[0] : undefined;
  }

  onRaised(listener: (failure: RaisedFailure) => void): () => void {
    return this.#raisedListeners.add(listener);
  }

  /** Why the command failed whose output on a console begins at `from`, if its failure has a name. */
  setback(console: string, from: number): RaisedFailure | undefined {
    return this.#setbacks.since(console, from);
  }

  /** Calls back for every finding, expected or not. Returns how to stop. */
  onFinding(listener: () => void): () => void {
    return this.#findingListeners.add(listener);
  }

  /**
   * From now on this class is what the scenario wants to see: it is noted, and ends no wait.
   * @throws ScenarioError for a class that nobody could ever see.
   */
  expect(failureClass: string): void {
    if (!CLASS_BY_ID.has(failureClass))
      throw new ScenarioError(`there is no failure class "${failureClass}"`, {
        next: 'npx domes diagnose --list shows them all',
      });
    this.#expected.add(failureClass);
  }

  /** The same until the returned function is called: a scope in which this class is nothing to stop for. */
  mute(failureClass: string): () => void {
    const wasExpected = this.#expected.has(failureClass);
    this.expect(failureClass);
    return () => {
      if (!wasExpected) this.#expected.delete(failureClass);
    };
  }

  /** The classes that the scenario wants to see. */
  get expected(): readonly string[] {
    return [...this.#expected];
  }

  /** Takes over what was found, and was to be expected, before the machine was saved. */
  recall(findings: readonly FindingRecord[], expected: readonly string[]): void {
    this.#findings.push(...findings);
    for (const failureClass of expected) this.#expected.add(failureClass);
  }

  /** The guest has gone back to a state before its failure: waits make sense again. The findings stay. */
  goBack(): void {
    this.#raised = undefined;
    this.#latest = new Map();
  }

  /** Looks for the failures that a console of this role can show, from now on and as long as it lives. */
  watch(console: Console, role: ConsoleRole): void {
    watchConsole(console, indexFor(role), {
      sign: (sign) => {
        this.#note(console, sign);
        // What is muted now may count later.
        return false;
      },
      overcome: (classes) => this.#overcome(console, classes),
    });
  }

  /**
   * Notes what no console shows: the harness itself has seen it (an exit status, silence).
   * @param evidence what it has seen, as a line; `console` and `line` say where that console stood then.
   */
  tell(failureClass: string, evidence: FindingRecord['evidence'], offset: number): void {
    const known = CLASS_BY_ID.get(failureClass);
    if (!known) throw new ScenarioError(`there is no failure class "${failureClass}"`);
    this.#add(known, evidence, { rank: 0, offset, early: false });
  }

  #note({ name, transcript }: Console, { known, rank, early, line }: Sign): void {
    const evidence = {
      console: name,
      line: transcript.lineNumber(line.from),
      atMs: transcript.atMs(line.to - 1),
      text: line.text.trim(),
    };
    this.#add(known, evidence, { rank, early, offset: line.to });
  }

  #add(
    known: FailureClass,
    evidence: FindingRecord['evidence'],
    { rank, early, offset }: { rank: number; early: boolean; offset: number },
  ): void {
    const finding: FindingRecord = {
      class: known.id,
      stage: known.stage,
      severity: known.severity,
      cause: known.cause,
      remedy: known.remedy,
      evidence,
      expected: this.#expected.has(known.id),
    };
    const key = `${evidence.console} ${known.id} ${finding.expected}`;
    const before = this.#latest.get(key);
    if (!before || rank < before.rank) {
      const at = before?.at ?? this.#findings.length;
      this.#findings[at] = finding;
      this.#latest.set(key, { at, rank });
      this.#findingListeners.call();
    }
    this.#setbacks.note({ finding, known, offset, early });
    if (!finding.expected && known.severity === 'fatal' && !early) this.#raise(finding, offset);
  }

  #overcome({ name }: Console, classes: readonly FailureClass[]): void {
    const ids = new Set<string>(classes.map(({ id }) => id));
    this.#findings.forEach((finding, at) => {
      if (ids.has(finding.class) && finding.evidence.console === name && isSerious(finding))
        this.#findings[at] = { ...finding, severity: 'soft' };
    });
  }

  #raise(finding: FindingRecord, offset: number): void {
    if (this.#raised) return;
    this.#raised = raisedFailure(finding, offset);
    this.#raisedListeners.call(this.#raised);
  }
}

function isSerious({ severity }: FindingRecord): boolean {
  return severity === 'hard' || severity === 'fatal';
}
