/**
 * Setbacks: hard failures of a command that somebody runs on a console. The guest goes on, and so do waits, but for
 * those that are for that command alone.
 */
import type { RaisedFailure } from '../../expect/interrupt.ts';
import type { FindingRecord } from '../report/record.ts';
import type { Stage } from '../stage.ts';
import type { FailureClass } from './failure-class.ts';
import { inCausalOrder } from './finding-book.ts';
import { raisedFailure } from './raised-failure.ts';

interface Setback {
  readonly finding: FindingRecord;
  readonly known: FailureClass;
  /** Text offset behind its line. */
  readonly offset: number;
  /** The last word is still to come. */
  readonly early: boolean;
}

/** Whose failures are those of one command. The kernel, say, can be in trouble of its own while a command runs. */
const COMMANDS: ReadonlySet<Stage> = new Set<Stage>(['package-manager', 'toolstack']);

/** One try of several, or a warning: the package manager goes on with the next mirror, or without this repository. */
const NOT_THE_END = /^(?:\[MIRROR\]|(?:Err|Ign):\d+|W:|Warning:|WARNING:) /;

/** So many are remembered for a console: one command has few, and nobody asks for those of earlier ones. */
const MOST_KEPT = 64;

export class Setbacks {
  readonly #ofConsole = new Map<string, Setback[]>();

  note(setback: Setback): void {
    const { stage, severity } = setback.known;
    if (severity !== 'hard' || !COMMANDS.has(stage)) return;
    const { console } = setback.finding.evidence;
    const kept = this.#ofConsole.get(console) ?? [];
    if (kept.push(setback) > MOST_KEPT) kept.shift();
    this.#ofConsole.set(console, kept);
  }

  /**
   * What made the command fail whose output begins at `from`, once that has its last word; not when the scenario has
   * said that it wants to see this.
   */
  since(console: string, from: number): RaisedFailure | undefined {
    const kept = this.#ofConsole.get(console);
    if (!kept) return undefined;
    const own = kept.filter(({ offset }) => offset > from);
    for (const [at, { early, offset, finding }] of own.entries()) {
      if (early || NOT_THE_END.test(finding.evidence.text)) continue;
      const [cause] = inCausalOrder(
        own.slice(0, at + 1).map((setback) => ({
          ...setback,
          severity: setback.finding.severity,
          firstLine: setback.finding.evidence.line,
        })),
      );
      if (cause && !cause.finding.expected) return raisedFailure(cause.finding, offset);
    }
    return undefined;
  }
}
