/** A failure class: one way in which a boot fails, how it shows, why, and what helps. */
import type { Stage } from '../stage.ts';

/**
 * `fatal`: nothing that is awaited can still come; every wait ends. `hard`: something that was asked for has failed,
 * though the machine goes on. `soft`: worth knowing when something else fails. `info`: harmless by itself.
 */
export type Severity = 'info' | 'soft' | 'hard' | 'fatal';

export interface Signature {
  /** Matched against one line without escapes; what a carriage return overwrote is a line of its own. */
  readonly line: RegExp;
  /** The line proves the class only as one of the few that follow a line like this. */
  readonly after?: RegExp;
  /** The last word is still to come: noted at once, but it ends no wait. */
  readonly early?: true;
  /** A prompt: the line need not have ended. */
  readonly prompt?: true;
}

export interface FailureClass {
  /** `stage/kebab-label`. */
  readonly id: `${Stage}/${string}`;
  readonly stage: Stage;
  readonly severity: Severity;
  /** The best evidence first. None for what is not read from a console but told by code (an exit status, silence). */
  readonly signatures: readonly Signature[];
  /** One sentence each. */
  readonly cause: string;
  readonly remedy: string;
  /** Where the knowledge comes from: source file, document, issue or measurement. */
  readonly source: string;
  /** Labels of classes that are consequences of this one, where they follow it in a log. */
  readonly explains: readonly string[];
  /** A later line like this shows that the boot went on all the same: the finding is soft then. */
  readonly overcomeBy?: RegExp;
}

/** A class as the catalogue's files write it. */
export interface ClassText {
  readonly severity: Severity;
  readonly signs?: readonly (RegExp | Signature)[];
  readonly cause: string;
  readonly remedy: string;
  readonly source: string;
  readonly explains?: readonly string[];
  readonly overcomeBy?: RegExp;
}

/** The classes of one stage, by label. Where several match the same line the first is the more exact one. */
export function classesOf(stage: Stage, texts: Readonly<Record<string, ClassText>>): FailureClass[] {
  return Object.entries(texts).map(([label, { signs = [], explains = [], ...text }]) => ({
    id: `${stage}/${label}`,
    stage,
    explains,
    ...text,
    signatures: signs.map((sign) => (sign instanceof RegExp ? { line: sign } : sign)).map(withStamps),
  }));
}

/** With console_timestamps= Xen puts the time behind its own mark: `(XEN) [    1.234567] `. */
const XEN_MARK = '\\(XEN\\) ';
const XEN_MARK_AND_TIME = `${XEN_MARK}(?:\\[[^\\]]{1,40}\\] )?`;

function withStamps({ line, after, ...rest }: Signature): Signature {
  const stamped = (regex: RegExp) =>
    new RegExp(regex.source.replaceAll(XEN_MARK, XEN_MARK_AND_TIME), regex.flags);
  return { ...rest, line: stamped(line), ...(after && { after: stamped(after) }) };
}

/** The label of a class id: `no-root-device` of `kernel/no-root-device`. */
export function labelOf(id: string): string {
  return id.slice(id.indexOf('/') + 1);
}
