/**
 * Recognises the echo of what was typed in what the guest prints. A terminal wraps the echo at its width, and a
 * kernel message may cut into it; both are stepped over. What is left must be the typed text, in its order: a lost
 * or doubled character is not stepped over.
 */
import { KERNEL_LINE } from './kernel-line.ts';

/**
 * `sure`: steps over what is known. `quiet`, for a console that has fallen quiet: over any message as well that
 * ends a line, and at the beginning over a prompt that came late or the erasure of a line that was killed.
 */
export type EchoReading = 'sure' | 'quiet';

/** What line editors and terminals print to wrap a line or to ring. */
const CONTROLS = '\r\n\b\x07';
const KERNEL_LINE_HERE = new RegExp(KERNEL_LINE, 'y');

interface Path {
  /** Where the character was printed, in UTF-16 units. */
  readonly at: number;
  /** Behind it. */
  readonly end: number;
  readonly before: Path | undefined;
}

/**
 * Follows the echo of the characters `typed` in `printed`, the text since the typing began. The answer holds, for
 * each character in turn that was echoed, its index in `printed`; it is complete when it is as long as `typed`.
 */
export function followEcho(
  typed: readonly string[],
  printed: string,
  reading: EchoReading,
): readonly number[] {
  const messages = reading === 'quiet' ? messageEnds(printed) : [];
  let paths: readonly Path[] = [{ at: -1, end: 0, before: undefined }];
  for (let i = 0; i < typed.length; i++) {
    const seeds = new Map(paths.map((path) => [path.end, path]));
    const [earliest] = paths as [Path];
    const skipped = i === 0 && reading === 'quiet' ? [...messages, ...leftovers(printed)] : messages;
    for (const at of skipped) if (at > earliest.end && !seeds.has(at)) seeds.set(at, earliest);
    const found = nextPaths(printed, typed[i] as string, seeds);
    if (found.length === 0) break;
    paths = found;
  }
  const places: number[] = [];
  for (let path = paths[0] as Path; path.before; path = path.before) places.push(path.at);
  return places.reverse();
}

/**
 * Where the echo can go on with `character`, earliest first.
 * @param reached places from which to look, each with the path that leads there; what is stepped over to is added
 */
function nextPaths(printed: string, character: string, reached: Map<number, Path>): Path[] {
  const found: Path[] = [];
  // A map that grows while it is walked: what is added is walked as well.
  for (const [at, before] of reached) {
    const length = echoLength(character, printed, at);
    if (length > 0) found.push({ at, end: at + length, before });
    for (const step of steps(printed, at, character))
      if (!reached.has(at + step)) reached.set(at + step, before);
  }
  return found.sort((a, b) => a.at - b.at);
}

/** busybox shows what is beyond its small table of characters as a question mark, and takes it all the same. */
function echoLength(character: string, printed: string, at: number): number {
  if (printed.startsWith(character, at)) return character.length;
  return character > '\x7f' && printed[at] === '?' ? 1 : 0;
}

/** How many UTF-16 units can be stepped over at `at`. */
function steps(printed: string, at: number, character: string): number[] {
  const here = printed[at];
  if (here === undefined) return [];
  const found: number[] = [];
  if (CONTROLS.includes(here)) found.push(1);
  const next = printed[at + 1];
  // At the right margin readline prints the next character (or a blank), CR, and then that character again;
  // other editors print a blank and take it back.
  if (next === '\r' && (here === ' ' || here === character)) found.push(2);
  if (next === '\b' && here === ' ') found.push(2);
  KERNEL_LINE_HERE.lastIndex = at;
  const line = KERNEL_LINE_HERE.exec(printed);
  if (line) found.push(line[0].length);
  return found;
}

/** The places behind a line end. */
function messageEnds(printed: string): number[] {
  return placesBehind(printed, /[\r\n]/g);
}

/** The places behind what may come late: a prompt, the erasure of a line that was killed. */
function leftovers(printed: string): number[] {
  return placesBehind(printed, /[$#>:%] |\x08/g);
}

function placesBehind(printed: string, what: RegExp): number[] {
  return Array.from(printed.matchAll(what), (found) => found.index + found[0].length);
}
