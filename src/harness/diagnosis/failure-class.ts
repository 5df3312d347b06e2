/** A failure class: one way in which a boot fails, how it shows, why, and what helps. */
import type { ConsoleRole } from '../console/port.ts';
import type { Stage } from '../stage.ts';

/** `fatal`: nothing that is awaited can still come; every wait ends. */
export type Severity = 'info' | 'soft' | 'hard' | 'fatal';

export interface FailureClass {
  /** `stage/kebab-label`. */
  readonly id: `${Stage}/${string}`;
  readonly stage: Stage;
  readonly severity: Severity;
  /** The kind of console on which the signature proves it. */
  readonly role: ConsoleRole;
  /** Matched against whole lines, without escapes; the rest of its last line belongs to the evidence. */
  readonly signature: RegExp;
  /** One sentence each. */
  readonly cause: string;
  readonly remedy: string;
  /** Where the knowledge comes from: source file, document or measurement. */
  readonly source: string;
}
