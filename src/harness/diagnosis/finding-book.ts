/** What was found in one text: each class once, with its best evidence, in the order of cause and consequence. */
import { type FailureClass, labelOf, type Severity } from './failure-class.ts';
import type { ScannedLine } from './line-scan.ts';
import type { Sign } from './signature-watch.ts';

/** A class that was found in a text. */
export interface Found {
  readonly known: FailureClass;
  severity: Severity;
  /** The line that proves it best, and that line's rank among its signatures. */
  evidence: ScannedLine;
  rank: number;
  /** Its first line, whichever signature it was. */
  readonly firstLine: number;
}

const WEIGHT: Record<Severity, number> = { fatal: 2, hard: 2, soft: 1, info: 0 };

export class FindingBook {
  readonly #found = new Map<string, Found>();

  note({ known, rank, line }: Sign): Found {
    const before = this.#found.get(known.id);
    if (!before) {
      const found = {
        known,
        severity: known.severity,
        evidence: line,
        rank,
        firstLine: line.number,
      };
      this.#found.set(known.id, found);
      return found;
    }
    if (rank < before.rank) {
      before.evidence = line;
      before.rank = rank;
    }
    // It is here again: whatever was overcome was not overcome for good.
    before.severity = known.severity;
    return before;
  }

  /** The boot went on in spite of these. */
  overcome(classes: readonly FailureClass[]): void {
    for (const { id } of classes) {
      const found = this.#found.get(id);
      if (found && WEIGHT[found.severity] > WEIGHT.soft) found.severity = 'soft';
    }
  }

  /** The root cause first, consequences behind their causes, harmless things last. */
  inOrder(): Found[] {
    return inCausalOrder([...this.#found.values()]);
  }
}

/** What orders findings: classes, severities, and which came first. */
export interface Orderable {
  readonly known: FailureClass;
  readonly severity: Severity;
  readonly firstLine: number;
}

export function inCausalOrder<T extends Orderable>(findings: readonly T[]): T[] {
  const sorted = [...findings].sort(
    (a, b) => WEIGHT[b.severity] - WEIGHT[a.severity] || a.firstLine - b.firstLine,
  );
  const ordered = new Set<T>();
  const place = (finding: T, consequences: readonly T[]) => {
    if (ordered.has(finding)) return;
    for (const cause of sorted)
      if (!consequences.includes(cause) && explains(cause, finding)) place(cause, [...consequences, finding]);
    ordered.add(finding);
  };
  for (const finding of sorted) place(finding, [finding]);
  return [...ordered];
}

/** Whether one finding is a cause of another that stands behind it, or of which it is known to be the reason. */
function explains(cause: Orderable, consequence: Orderable): boolean {
  return (
    cause !== consequence &&
    cause.severity !== 'info' &&
    cause.known.explains.includes(labelOf(consequence.known.id))
  );
}
