/**
 * The diagnosis of one machine: signatures of known failures are looked for on every console, all the time. A fatal
 * one that the scenario does not expect ends every wait at once.
 */
import type { Console } from '../../expect/console.ts';
import type { Interrupt, RaisedFailure } from '../../expect/interrupt.ts';
import { Listeners } from '../../expect/listeners.ts';
import type { Match } from '../../expect/matcher/match.ts';
import type { ConsoleRole } from '../console/port.ts';
import type { Sighting } from '../console/sightings.ts';
import type { FindingRecord } from '../report/record.ts';
import { FAILURE_CLASSES } from './catalogue.ts';
import type { FailureClass } from './failure-class.ts';

export class Diagnosis implements Interrupt {
  readonly #findings: FindingRecord[] = [];
  readonly #expected = new Set<string>();
  readonly #raisedListeners = new Listeners<RaisedFailure>();
  readonly #findingListeners = new Listeners<void>();
  #raised: RaisedFailure | undefined;

  get raised(): RaisedFailure | undefined {
    return this.#raised;
  }

  get findings(): readonly FindingRecord[] {
    return this.#findings;
  }

  onRaised(listener: (failure: RaisedFailure) => void): () => void {
    return this.#raisedListeners.add(listener);
  }

  /** Calls back for every finding, expected or not. Returns how to stop. */
  onFinding(listener: () => void): () => void {
    return this.#findingListeners.add(listener);
  }

  /** From now on this class is what the scenario wants to see: it is noted, and ends no wait. */
  expect(failureClass: string): void {
    this.#expected.add(failureClass);
  }

  /** What to look for on a console of this role. */
  sightings(console: Console, role: ConsoleRole): Sighting[] {
    return FAILURE_CLASSES.filter((known) => known.role === role).map(({ signature }) => ({
      // Up to the end of the line: the classes are told apart by what stands there.
      pattern: new RegExp(`(?:${signature.source})[^\\n]*\\n`, signature.flags),
      seen: (match) => this.#found(console, role, match),
    }));
  }

  #found(console: Console, role: ConsoleRole, match: Match): void {
    const { transcript } = console;
    const known = FAILURE_CLASSES.find(
      ({ signature, ...one }) => one.role === role && signature.test(match.text),
    );
    if (!known) return;
    const finding: FindingRecord = {
      class: known.id,
      stage: known.stage,
      severity: known.severity,
      cause: known.cause,
      remedy: known.remedy,
      evidence: {
        console: console.name,
        line: transcript.lineNumber(match.start),
        atMs: transcript.atMs(match.end - 1),
        text: match.text.trim().replace(/\s*\r?\n\s*/g, ' '),
      },
      expected: this.#expected.has(known.id),
    };
    this.#findings.push(finding);
    this.#findingListeners.call();
    if (!finding.expected && known.severity === 'fatal') this.#raise(known, finding, match.end);
  }

  #raise(known: FailureClass, finding: FindingRecord, offset: number): void {
    if (this.#raised) return;
    const { evidence } = finding;
    this.#raised = {
      failureClass: known.id,
      evidence: evidence.text,
      facts: {
        failureClass: `${known.id} (console "${evidence.console}", line ${evidence.line}, ${(evidence.atMs / 1000).toFixed(3)} s)`,
        probably: known.cause,
        next: known.remedy,
      },
      console: evidence.console,
      offset,
    };
    this.#raisedListeners.call(this.#raised);
  }
}
