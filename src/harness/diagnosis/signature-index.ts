/** All signatures of some failure classes, and the literals by which the lines are found that they may match. */
import { ScenarioError } from '../../errors.ts';
import type { FailureClass, Signature } from './failure-class.ts';
import type { Landmark, LandmarkSign } from './landmark.ts';
import { LiteralScan } from './literal-scan.ts';
import { requiredLiterals } from './required-literal.ts';

/** One thing to look for; its number is its place in the index, and the lower one counts where two match a line. */
export type Entry =
  | {
      readonly kind: 'sign';
      readonly known: FailureClass;
      readonly signature: Signature;
      /** Place among the signatures of its class: the lower, the better the evidence. */
      readonly rank: number;
    }
  /** The lines behind this one are asked for the signatures with these numbers. */
  | { readonly kind: 'head'; readonly line: RegExp; readonly followers: readonly number[] }
  | ({ readonly kind: 'landmark' } & LandmarkSign)
  /** Shows that a boot went on in spite of these classes. */
  | { readonly kind: 'overcome'; readonly line: RegExp; readonly classes: readonly FailureClass[] };

export interface SignatureIndex {
  readonly entries: readonly Entry[];
  readonly scan: LiteralScan;
  /** The entries of each class: its signatures, and what overcomes it. */
  readonly ofClass: ReadonlyMap<FailureClass, ClassEntries>;
  /** The landmarks that say something only behind another. */
  readonly behind: ReadonlyMap<Landmark, readonly number[]>;
}

export interface ClassEntries {
  readonly signs: readonly number[];
  readonly overcomes: readonly number[];
}

/** @throws ScenarioError for a signature that no literal singles out: it would have to be tried on every line. */
export function signatureIndex(
  classes: readonly FailureClass[],
  landmarks: readonly LandmarkSign[] = [],
): SignatureIndex {
  const entries: Entry[] = classes.flatMap((known) =>
    known.signatures.map((signature, rank): Entry => ({ kind: 'sign', known, signature, rank })),
  );
  const heads = grouped(entries, (entry) => (entry.kind === 'sign' ? entry.signature.after : undefined));
  for (const { regex, numbers } of heads) entries.push({ kind: 'head', line: regex, followers: numbers });
  for (const { regex, numbers } of grouped(classes, ({ overcomeBy }) => overcomeBy))
    entries.push({
      kind: 'overcome',
      line: regex,
      classes: numbers.map((number) => classes[number] as FailureClass),
    });
  for (const one of landmarks) entries.push({ kind: 'landmark', ...one });
  const literals = entries.flatMap((entry, number) => {
    if (entry.kind === 'sign' && entry.signature.after) return [];
    const line = lineOf(entry);
    return literalsOf(line).map((text) => ({ text, number }));
  });
  return {
    entries,
    scan: new LiteralScan(literals),
    ofClass: entriesByClass(classes, entries),
    behind: entriesBehind(entries),
  };
}

function entriesByClass(classes: readonly FailureClass[], entries: readonly Entry[]) {
  const ofClass = new Map<FailureClass, { signs: number[]; overcomes: number[] }>();
  for (const known of classes) ofClass.set(known, { signs: [], overcomes: [] });
  entries.forEach((entry, number) => {
    if (entry.kind === 'sign') ofClass.get(entry.known)?.signs.push(number);
    if (entry.kind === 'overcome')
      for (const known of entry.classes) ofClass.get(known)?.overcomes.push(number);
  });
  return ofClass;
}

function entriesBehind(entries: readonly Entry[]): Map<Landmark, number[]> {
  const behind = new Map<Landmark, number[]>();
  entries.forEach((entry, number) => {
    if (entry.kind !== 'landmark' || !entry.behind) return;
    behind.set(entry.behind, [...(behind.get(entry.behind) ?? []), number]);
  });
  return behind;
}

export function lineOf(entry: Entry): RegExp {
  return entry.kind === 'sign' ? entry.signature.line : entry.line;
}

/** Shorter ones are found everywhere. */
const SHORTEST_LITERAL = 3;

function literalsOf(line: RegExp): readonly string[] {
  const literals = requiredLiterals(line);
  if (!literals || literals.some((text) => text.length < SHORTEST_LITERAL))
    throw new ScenarioError(
      `signature ${line} needs a text of ${SHORTEST_LITERAL} characters in every line that it matches`,
    );
  return literals;
}

/** The places in a list that share a regular expression. */
function grouped<T>(
  list: readonly T[],
  regexOf: (item: T) => RegExp | undefined,
): { regex: RegExp; numbers: number[] }[] {
  const groups = new Map<string, { regex: RegExp; numbers: number[] }>();
  list.forEach((item, number) => {
    const regex = regexOf(item);
    if (!regex) return;
    const group = groups.get(String(regex)) ?? { regex, numbers: [] };
    group.numbers.push(number);
    groups.set(String(regex), group);
  });
  return [...groups.values()];
}
