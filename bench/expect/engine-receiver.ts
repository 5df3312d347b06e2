/**
 * Our engine at the end of a socket: strips, keeps, matches; after each match it waits for all patterns again.
 *
 *   engine-receiver.ts SOCKET HISTORY BYTES
 */
import { Matcher } from '../../src/expect/matcher/matcher.ts';
import { compilePattern } from '../../src/expect/pattern/compile.ts';
import { EscapeStripper } from '../../src/expect/text/escape-stripper.ts';
import { TextWindow } from '../../src/expect/text/text-window.ts';
import { PATTERNS } from './patterns.ts';
import { account, type Seen } from './receiver.ts';

const [socketPath, historyFile, totalBytes] = process.argv.slice(2) as [string, string, string];
const patterns = PATTERNS.map((pattern) => compilePattern(pattern));
const stripper = new EscapeStripper();
const window = new TextWindow();
const seen: Seen[] = [];
let matcher = new Matcher(patterns, window, 0);

function receive(chunk: Buffer): Uint8Array {
  const text = stripper.strip(chunk);
  window.append(text);
  for (let match = matcher.advance(); match; match = matcher.advance()) {
    seen.push({ index: match.index, start: match.start, end: match.end });
    matcher = new Matcher(patterns, window, match.end);
  }
  window.dropBefore(matcher.needsFrom);
  return text;
}

account({ receive, seen }, socketPath, historyFile, Number(totalBytes));
