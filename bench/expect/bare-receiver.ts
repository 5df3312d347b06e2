/**
 * The loop that a script has before it has an engine: escapes removed with one regular expression, all patterns
 * in one alternation, the end of the text carried over. It is wrong in many ways (a match or an escape sequence
 * cut by a chunk, flags shared by all patterns, `^` at a carry) and only here to be compared with.
 *
 *   bare-receiver.ts SOCKET HISTORY BYTES
 */
import { PATTERNS } from './patterns.ts';
import { account, type Seen } from './receiver.ts';

const [socketPath, historyFile, totalBytes] = process.argv.slice(2) as [string, string, string];
const sources = PATTERNS.map((pattern) => (typeof pattern === 'string' ? pattern : pattern.source));
const anyPattern = new RegExp(sources.map((source) => `(?:${source})`).join('|'), 'gim');
const escapes = /\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[ -/]*[0-~])/g;
const CARRY = 4096;
const seen: Seen[] = [];
let carry = '';
let carryAt = 0;

function receive(chunk: Buffer): Uint8Array {
  const text = carry + chunk.toString('utf8').replace(escapes, '');
  anyPattern.lastIndex = 0;
  let read = 0;
  for (let found = anyPattern.exec(text); found; found = anyPattern.exec(text)) {
    read = anyPattern.lastIndex;
    seen.push({ index: 0, start: carryAt + found.index, end: carryAt + read });
  }
  const kept = Math.max(read, text.length - CARRY);
  carry = text.slice(kept);
  carryAt += kept;
  return chunk;
}

account({ receive, seen }, socketPath, historyFile, Number(totalBytes));
