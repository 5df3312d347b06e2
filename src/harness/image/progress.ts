/** What is being done while an image is built or downloaded, for whoever shows it. */

export interface ProgressStep {
  /** What is being done: `downloading debian-12.qcow2`, or a line of the recipe's own output. */
  readonly doing: string;
  readonly done?: number;
  readonly total?: number;
  /** What `done` and `total` count. */
  readonly unit?: 'bytes' | 'packages' | 'percent';
}

/** Where progress goes. Called often; it is for the receiver to show less of it. */
export interface Progress {
  report(step: ProgressStep): void;
  /** A sentence that must not be lost: the lock was rewritten, a damaged image is built anew. */
  note(sentence: string): void;
}

export const silentProgress: Progress = { report() {}, note() {} };
