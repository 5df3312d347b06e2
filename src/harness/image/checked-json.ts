/** JSON files written by people: read, checked by a schema, and answered with one error that names file and field. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { ScenarioError } from '../../errors.ts';
import { nearestName, orNearest } from './nearest-name.ts';

/**
 * Reads and checks a JSON file.
 * @param shownAs how the file is named in errors: relative to the project.
 * @throws ScenarioError naming every field that is wrong and what is expected there.
 */
export async function readCheckedJson<T extends z.ZodType>(
  path: string,
  shownAs: string,
  schema: T,
): Promise<z.output<T>> {
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    const why = cause.code === 'ENOENT' ? `there is no file ${path}` : (cause.code ?? cause.message);
    throw new ScenarioError(`${shownAs} cannot be read: ${why}`, {}, { cause });
  });
  return checkJson(text, shownAs, schema);
}

/** The same for text already read. */
export function checkJson<T extends z.ZodType>(text: string, shownAs: string, schema: T): z.output<T> {
  const result = schema.safeParse(parseJson(text, shownAs), { reportInput: true });
  if (result.success) return result.data;
  const mistakes = result.error.issues.flatMap(describeIssue);
  throw new ScenarioError(
    mistakes.length === 1
      ? `${shownAs}: ${mistakes[0]}`
      : `${shownAs} has ${mistakes.length} mistakes:\n${mistakes.map((mistake) => `  ${mistake}`).join('\n')}`,
  );
}

/** An object of exactly these fields; an unknown one is answered with the nearest right one. */
export function exactObject<Shape extends z.core.$ZodLooseShape>(
  shape: Shape,
): z.ZodObject<Shape, z.core.$strict> {
  const fields = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) => {
      if (issue.code !== 'unrecognized_keys') return undefined;
      return issue.keys.map((key) => `unknown field "${key}"${orNearest(key, fields)}`).join('; ');
    },
  });
}

function describeIssue(issue: z.core.$ZodIssue): string[] {
  const where = issue.path.length > 0 ? `${issue.path.map(String).join('.')}: ` : '';
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined) return [`${where}missing; expected ${article(issue.expected)}`];
      return [`${where}expected ${article(issue.expected)}, found ${shown(issue.input)}`];
    case 'invalid_value':
      return [`${where}${expectedOneOf(issue.values, issue.input)}`];
    case 'invalid_union': {
      if (issue.discriminator === undefined || !('options' in issue)) return [`${where}${issue.message}`];
      const given = (issue.input as Record<string, unknown>)[issue.discriminator];
      return [`${where}${expectedOneOf(issue.options ?? [], given)}`];
    }
    case 'too_big':
      return [`${where}expected at most ${issue.maximum}, found ${shown(issue.input)}`];
    case 'too_small':
      if (issue.origin !== 'number' && issue.origin !== 'int') return [`${where}must not be empty`];
      return [`${where}expected at least ${issue.minimum}, found ${shown(issue.input)}`];
    case 'invalid_key':
      return [`${where}${issue.issues.map(({ message }) => message).join('; ')}`];
    default:
      return [`${where}${issue.message}`];
  }
}

/** `expected "recipe", "url" or "file", found "recip" (did you mean "recipe"?)` */
function expectedOneOf(options: readonly unknown[], given: unknown): string {
  const list = options.map(shown);
  const all = list.length > 1 ? `${list.slice(0, -1).join(', ')} or ${list.at(-1)}` : list.join();
  if (given === undefined) return `missing; expected ${all}`;
  const names = options.filter((option) => typeof option === 'string');
  const near = typeof given === 'string' ? nearestName(given, names) : undefined;
  return `expected ${all}, found ${shown(given)}${near ? ` (did you mean "${near}"?)` : ''}`;
}

function article(expected: string): string {
  const noun = expected === 'record' ? 'object' : expected === 'int' ? 'whole number' : expected;
  return `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`;
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** JSON.parse, with line and column of a mistake. */
function parseJson(text: string, shownAs: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const reason = (cause as Error).message;
    const offset = Number(/position (\d+)/.exec(reason)?.[1] ?? text.length);
    const before = text.slice(0, offset).split('\n');
    const place = `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
    const what = reason.replace(/ in JSON at position.*| is not valid JSON.*/s, '');
    throw new ScenarioError(`${shownAs} is not valid JSON at ${place}: ${what}`, {}, { cause });
  }
}
