/** A finding as it ends a wait. */
import type { RaisedFailure } from '../../expect/interrupt.ts';
import type { FindingRecord } from '../report/record.ts';

/** @param offset text offset, on its console, just behind the line that decided */
export function raisedFailure(
  { class: failureClass, cause, remedy, evidence }: FindingRecord,
  offset: number,
): RaisedFailure {
  const { console, line, atMs, text } = evidence;
  return {
    failureClass,
    evidence: text,
    facts: {
      failureClass: `${failureClass} (console "${console}", line ${line}, ${(atMs / 1000).toFixed(3)} s)`,
      probably: cause,
      next: remedy,
    },
    console,
    offset,
  };
}
