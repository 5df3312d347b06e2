/**
 * The same patterns and the same text (escapes removed beforehand, which the peers do not do) in the tools that
 * people use today: pexpect and Tcl expect. They get less text, as they would take too long.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EscapeStripper } from '../../src/expect/text/escape-stripper.ts';
import { consoleBytes } from './corpus.ts';
import { PATTERNS } from './patterns.ts';
import { scratch, script, start } from './run-process.ts';

interface PeerAccount {
  readonly cpuMs: number;
  readonly matches: number;
}

const SOURCES = PATTERNS.map((pattern) =>
  typeof pattern === 'string' ? [pattern, ''] : [pattern.source, pattern.flags],
) as readonly (readonly [source: string, flags: string])[];

export async function peers(): Promise<void> {
  console.log(row('pexpect', 100_000, await pexpect(100_000)));
  console.log(row('pexpect, twice as much', 200_000, await pexpect(200_000)));
  console.log(row('Tcl expect', 2_000_000, await tclExpect(2_000_000)));
}

function textFile(bytes: number): string {
  const file = join(scratch, `text-${bytes}`);
  if (!existsSync(file)) writeFileSync(file, new EscapeStripper().strip(consoleBytes(bytes)));
  return file;
}

async function pexpect(bytes: number): Promise<PeerAccount | undefined> {
  const python = '/usr/bin/python3';
  if (!existsSync('/usr/lib/python3/dist-packages/pexpect')) return undefined;
  const socketPath = join(scratch, `pexpect-${bytes}.sock`);
  const feed = start(script('feed.ts', socketPath, textFile(bytes), 1));
  await feed.firstLine;
  const run = start([
    'taskset',
    '-c',
    '0',
    python,
    beside('peers/pexpect_receiver.py'),
    socketPath,
    JSON.stringify(SOURCES),
  ]);
  return answerOf(run);
}

async function tclExpect(bytes: number): Promise<PeerAccount | undefined> {
  if (!existsSync('/usr/bin/expect')) return undefined;
  const patterns = join(scratch, 'patterns.tcl');
  writeFileSync(patterns, SOURCES.map(([source, flags]) => tclPattern(source, flags)).join('\n'));
  return answerOf(
    start(['taskset', '-c', '0', '/usr/bin/expect', beside('peers/receiver.exp'), textFile(bytes), patterns]),
  );
}

/** JavaScript to Tcl's advanced regular expressions. */
function tclPattern(source: string, flags: string): string {
  const options = `${flags.includes('i') ? 'i' : ''}${flags.includes('m') ? 'w' : ''}`;
  const tcl = source
    .replaceAll('\\b', '\\y')
    .replaceAll('\\/', '/')
    .replace('(?<link>', '(')
    .replace('\\k<link>', '\\1')
    .replace(/\(\?<!.*?\)/, '')
    .replace('[^\\x00-\\x7f]', '[\\u0080-\\uffff]');
  return options ? `(?${options})${tcl}` : tcl;
}

async function answerOf(run: ReturnType<typeof start>): Promise<PeerAccount> {
  const answer: PeerAccount = JSON.parse(await run.firstLine);
  await run.ended;
  return answer;
}

function beside(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}

function row(name: string, bytes: number, it: PeerAccount | undefined): string {
  if (!it) return `  ${name.padEnd(28)} not installed`;
  const rate = bytes / 1000 / it.cpuMs;
  return `  ${name.padEnd(28)} ${rate.toPrecision(2).padStart(6)} MB/s of CPU  ${it.cpuMs.toFixed(0)} CPU ms for ${bytes / 1000} kB  ${it.matches} matches`;
}
