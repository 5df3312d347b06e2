/**
 * A line as its program printed it, without what others put before it: the time stamps of a journal or a build, the
 * name of a container or of a console, the marks by which a report quotes it.
 */

/** Each may stand before any other. What says whose words these are (`systemd[1]: `, `(XEN) `) is no such mark. */
const MARKS = [
  '>',
  // 2024-08-23 20:39:24.619+0000:  2026-04-25T13:29:59.4023405Z  15:49:00
  String.raw`(?:\d{4}-\d\d-\d\d[T ])?\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z| ?[+-]\d\d:?\d\d)?:?(?=\s)`,
  // Mar 25 00:50:20 host
  String.raw`[^\s\d]{3,5}\.? {1,2}\d{1,2} (?:\d{4} )?\d\d:\d\d:\d\d(?:\.\d{1,9})?(?: [\w.<>-]{1,64}(?= ))?`,
  String.raw`(?:[\w.-]{1,64} )?kernel:`,
  // [   12.345678]  [    1.42][  T104]  [Thu Mar 25 00:50:20 2021]  [2020-05-09 05:50:33,413]
  String.raw`\[ {0,8}(?:T?\d[\d.]*|[A-Z][a-z]{2} [A-Z][a-z]{2} {1,2}\d{1,2} [\d:]{8} \d{4}|[\d-]{10}[ T][\d:.,]{8,18}Z?)\]`,
  String.raw`\[ ?(?:INFO|ERROR|WARN|WARNING|DEBUG|FATAL|CRITICAL|[\w-]{1,20}\/[\w-]{1,20}) ?\]`,
  String.raw`<\d{1,2}>`,
  String.raw`\(d\d{1,5}\)`,
  // docker compose; docker build; Vagrant and Packer
  String.raw`[\w.-]{1,40} {1,20}\|`,
  String.raw`#\d{1,3}(?: \d{1,5}\.\d{1,3})?(?=\s)|\d{1,5}\.\d{2,3}(?=\s)`,
  String.raw`(?:==> {1,2}| {4})[\w.-]{1,40}:(?=\s)`,
  String.raw`##\[\w{1,10}\]|::error::`,
  String.raw`\*\*|__`,
];

const BEFORE = new RegExp(`^(?:\\s{0,80}(?:${MARKS.join('|')})){0,8}\\s{0,80}`);

/** Opens a quotation of this line alone, which ends where the line ends, or on a later one. */
const WHOLE_QUOTED = /^(?:[-*] )?(["'`\u2018\u201c])\1{0,2}(?=\S)/;
const CLOSES: Readonly<Record<string, string>> = { '\u2018': '\u2019', '\u201c': '\u201d' };

/** Where in a line a signature was found. */
export interface WordsFound {
  readonly from: number;
  readonly to: number;
}

/** The words of one line, for all the signatures that are tried on it. */
export class LineWords {
  readonly #text: string;
  #bareStart: number | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  /** Where the program's own words begin. */
  get bareStart(): number {
    this.#bareStart ??= bareStart(this.#text);
    return this.#bareStart;
  }

  /** Finds a signature in the line as it stands or, where its place in the line matters, in the program's own words. */
  match(signature: RegExp): WordsFound | undefined {
    const whole = signature.exec(this.#text);
    if (whole) return { from: whole.index, to: whole.index + whole[0].length };
    if (!signature.source.includes('^') || this.bareStart === 0) return undefined;
    const bare = signature.exec(this.#text.slice(this.bareStart));
    if (!bare) return undefined;
    const from = this.bareStart + bare.index;
    return { from, to: from + bare[0].length };
  }
}

function bareStart(text: string): number {
  const head = text.slice(0, 300);
  const start = BEFORE.exec(head)?.[0].length ?? 0;
  const quote = WHOLE_QUOTED.exec(head.slice(start));
  if (!quote) return start;
  const inner = start + quote[0].length;
  const mark = CLOSES[quote[1] as string] ?? (quote[1] as string);
  const close = text.indexOf(mark, inner);
  // With a comma behind it it is one of a list, in a program's source most likely.
  return close < 0 || /^[`"'\u2019\u201d.\s]*$/.test(text.slice(close)) ? inner : start;
}
