/** Reads console logs of any length in constant memory, and prints what they show. */
import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { ScenarioError } from '../../errors.ts';
import { printableLine } from '../../printable.ts';
import { LogDiagnosis, type LogFinding } from '../diagnosis/log-diagnosis.ts';
import { whyNoText } from './log-text.ts';

const CHUNK_BYTES = 1 << 20;
const STANDARD_INPUT = '-';
/** A line of evidence can be as long as a log. */
const LONGEST_EVIDENCE = 500;

/**
 * @returns whether any file shows something hard or fatal.
 * @throws ScenarioError for a file that is not there, is a folder or is no text; the others have been printed then.
 */
export async function diagnoseFiles(
  files: readonly string[],
  { json = false }: { json?: boolean },
): Promise<'clean' | 'trouble'> {
  const shown: { file: string; findings: LogFinding[] }[] = [];
  const unusable: ScenarioError[] = [];
  for (const file of files)
    try {
      const findings = await diagnoseFile(file);
      shown.push({ file, findings });
      if (!json) process.stdout.write(asText(file, findings));
    } catch (error) {
      if (!(error instanceof ScenarioError)) throw error;
      unusable.push(error);
    }
  if (json) {
    const several = files.length > 1;
    const findings = shown.flatMap((one) => one.findings.map((found) => asData(found, several && one.file)));
    process.stdout.write(`${JSON.stringify({ findings }, undefined, 2)}\n`);
  }
  const [first, ...others] = unusable;
  for (const error of others) process.stderr.write(`domes: ${error.message}\n`);
  if (first) throw first;
  return shown.some(({ findings }) => findings.some(isSerious)) ? 'trouble' : 'clean';
}

async function diagnoseFile(file: string): Promise<LogFinding[]> {
  const name = file === STANDARD_INPUT ? 'standard input' : file;
  const stream: Readable =
    file === STANDARD_INPUT ? process.stdin : createReadStream(file, { highWaterMark: CHUNK_BYTES });
  const diagnosis = new LogDiagnosis();
  let isFirst = true;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      const why = isFirst ? whyNoText(chunk) : undefined;
      if (why) throw new ScenarioError(`cannot diagnose ${name}: ${why}`);
      isFirst = false;
      diagnosis.read(chunk);
    }
  } catch (error) {
    if (error instanceof ScenarioError) throw error;
    throw unreadable(name, error as NodeJS.ErrnoException);
  }
  return diagnosis.end();
}

function unreadable(name: string, cause: NodeJS.ErrnoException): ScenarioError {
  const why: Record<string, string> = {
    ENOENT: 'there is no such file',
    EISDIR: 'it is a folder: name the logs in it',
    EACCES: 'it may not be read',
  };
  return new ScenarioError(
    `cannot diagnose ${name}: ${why[cause.code ?? ''] ?? cause.message}`,
    {},
    { cause },
  );
}

function isSerious({ severity }: LogFinding): boolean {
  return severity === 'hard' || severity === 'fatal';
}

function asData({ known, severity, evidence }: LogFinding, file: string | false) {
  const { id, stage, cause, remedy } = known;
  return { ...(file && { file }), class: id, stage, severity, evidence, cause, remedy };
}

function asText(file: string, findings: readonly LogFinding[]): string {
  const head = `${printableLine(file === STANDARD_INPUT ? 'standard input' : file)}\n`;
  if (findings.length === 0) return `${head}  no known failure found\n`;
  return head + findings.map((finding, index) => paragraph(finding, index === 0)).join('');
}

function paragraph({ known, severity, evidence }: LogFinding, isFirst: boolean): string {
  const text = printableLine(evidence.text.trim());
  const shown = text.length > LONGEST_EVIDENCE ? `${text.slice(0, LONGEST_EVIDENCE)}…` : text;
  const role = isFirst ? 'root cause' : 'besides';
  return `
  ${known.id}   ${severity}, ${role}
    line ${`${evidence.line}`.padEnd(6)} │ ${shown}
    cause       ${known.cause}
    remedy      ${known.remedy}
`;
}
