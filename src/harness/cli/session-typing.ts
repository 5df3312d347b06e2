/** What was typed at one console, and what was waited for before that, as statements of a scenario. */
import { KEYS } from '../../expect/keys.ts';
import { EscapeStripper } from '../../expect/text/escape-stripper.ts';
import { quoted } from './quoted.ts';

/** One console of a session. */
export interface SessionConsole {
  readonly name: string;
  /** In the order of time: what the guest printed, raw, and what was typed, a character for each byte. */
  readonly entries: readonly (
    | { readonly atMs: number; readonly printed: Uint8Array }
    | { readonly atMs: number; readonly typed: string }
  )[];
}

export interface TypedStatement {
  readonly console: string;
  readonly atMs: number;
  readonly code: readonly string[];
}

/** Something typed up to its Enter, with what was printed before and (its echo) since it began. */
interface Entered {
  readonly atMs: number;
  before: string;
  typed: string;
  echo: string;
  /** Sent together with others, whose echo is then mixed with its own. */
  isPasted: boolean;
}

/** A prompt is short; of a long line its end is enough. */
const PROMPT_CHARACTERS = 40;
/** What the kernel puts before a message: it is never the same. */
const TIMESTAMP = /^\[ *\d+\.\d+\] /;

/** Keys by what a terminal sends for them, the longest first. */
const KEYS_BY_BYTES = Object.entries(KEYS).sort(([, a], [, b]) => b.length - a.length);

/** @param except times of keys that are said otherwise (GRUB's). */
export function statementsOf(
  console: SessionConsole,
  except?: { readonly fromMs: number; readonly toMs: number },
): TypedStatement[] {
  const variable = consoleVariable(console.name);
  return enteredAt(console)
    .filter(({ atMs }) => !except || atMs < except.fromMs || atMs > except.toMs)
    .map((entered, index, all) => ({
      console: console.name,
      atMs: entered.atMs,
      code: [...waitFor(entered, variable, all[index - 1]), ...typing(entered, variable)],
    }));
}

/** `shell`, `guest1`; the system's own is `system`, as `console` is taken in every script. */
export function consoleVariable(name: string): string {
  const word = name.replace(/-(\w)/g, (_, next: string) => next.toUpperCase());
  return word === 'console' ? 'system' : word;
}

function enteredAt({ entries }: SessionConsole): Entered[] {
  const all: Entered[] = [];
  const stripper = new EscapeStripper();
  let text = '';
  let open: Entered | undefined;
  /** Those whose echo is still to come. */
  let latest: Entered[] = [];
  for (const entry of entries) {
    if ('printed' in entry) {
      const own = Buffer.from(stripper.strip(entry.printed)).toString();
      text += own;
      for (const entered of latest) entered.echo += own;
      continue;
    }
    const parts = entry.typed.split(/(?<=\r)/);
    latest = open ? [open] : [];
    for (const part of parts) {
      if (!open) {
        open = { atMs: entry.atMs, before: text, typed: '', echo: '', isPasted: parts.length > 1 };
        text = '';
        all.push(open);
        latest.push(open);
      }
      open.typed += part;
      if (part.endsWith('\r')) open = undefined;
    }
  }
  return all;
}

/** The line that stood there last: what a person looks for before they type. An echo is no answer. */
function waitFor({ before }: Entered, variable: string, last: Entered | undefined): string[] {
  const echo = last && bare(corrected(last.typed));
  const line = before.split(/[\r\n]+/).findLast((one) => one.trim() !== '' && bare(one) !== echo);
  if (line === undefined) return [];
  return [`await ${variable}.expect(${quoted(line.replace(TIMESTAMP, '').slice(-PROMPT_CHARACTERS))});`];
}

function typing({ typed, echo, isPasted }: Entered, variable: string): string[] {
  const parts = partsOf(corrected(typed));
  const [text, enter] = parts;
  if (parts.length === 2 && text?.kind === 'text' && enter?.kind === 'key' && enter.key === 'enter') {
    if (isEchoed(text.text, isPasted ? echo : firstLine(echo)))
      return [`await ${variable}.sendLine(${quoted(text.text)});`];
    return [
      '// It was not echoed, a password most likely: it is not written down here.',
      `await ${variable}.typeHidden(process.env.PASSWORD ?? '');`,
      `${variable}.press('enter');`,
    ];
  }
  return parts.map((part) => {
    if (part.kind === 'key') return `${variable}.press(${quoted(part.key)});`;
    if (part.kind === 'text') return `await ${variable}.type(${quoted(part.text)});`;
    return `${variable}.send(Uint8Array.of(${part.byte}));`;
  });
}

type Part =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'key'; readonly key: string }
  | { readonly kind: 'byte'; readonly byte: number };

function partsOf(typed: string): Part[] {
  const parts: Part[] = [];
  for (let at = 0; at < typed.length; ) {
    const rest = typed.slice(at);
    const [text] = /^[^\x00-\x1f\x7f]+/.exec(rest) ?? [];
    const key = KEYS_BY_BYTES.find(([, bytes]) => rest.startsWith(bytes));
    if (text !== undefined) parts.push({ kind: 'text', text: Buffer.from(text, 'latin1').toString() });
    else if (key) parts.push({ kind: 'key', key: key[0] });
    else parts.push({ kind: 'byte', byte: rest.charCodeAt(0) });
    at += text?.length ?? key?.[1].length ?? 1;
  }
  return parts;
}

/** What was taken back is not typed again. */
function corrected(typed: string): string {
  const visible = /[^\x00-\x1f\x7f]\x7f/;
  let text = typed;
  while (visible.test(text)) text = text.replace(visible, '');
  return text;
}

/** A terminal may have wrapped it, and shows a backspace by going back, blank, back. */
function isEchoed(text: string, echo: string): boolean {
  let shown = echo;
  for (let before = ''; before !== shown; ) {
    before = shown;
    shown = shown.replace(/[^\b]\x08 \x08/, '');
  }
  return bare(shown).includes(bare(text));
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] as string;
}

function bare(text: string): string {
  return text.replace(/\s/g, '');
}
