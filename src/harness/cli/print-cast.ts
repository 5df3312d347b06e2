/** The work of `domes cast`: line by line, however long the recording is. */
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { ScenarioError } from '../../errors.ts';
import { Version2 } from '../report/export/asciicast-v2.ts';

/** @throws ScenarioError when there is no such file, or it is no asciicast of version 3. */
export async function printVersion2(file: string): Promise<void> {
  const cast = new Version2();
  await using handle = await open(file).catch((cause: NodeJS.ErrnoException) => {
    const why = cause.code === 'ENOENT' ? 'there is no such file' : cause.message;
    throw new ScenarioError(`cannot read ${file}: ${why}`, {}, { cause });
  });
  let isFirst = true;
  for await (const line of handle.readLines()) {
    const own = isFirst ? headerOf(cast, line, file) : cast.line(line);
    isFirst = false;
    if (own !== undefined && !process.stdout.write(`${own}\n`)) await once(process.stdout, 'drain');
  }
  if (isFirst) throw noCast(file);
}

function headerOf(cast: Version2, line: string, file: string): string | undefined {
  try {
    return cast.line(line);
  } catch (cause) {
    throw noCast(file, cause);
  }
}

function noCast(file: string, cause?: unknown): ScenarioError {
  return new ScenarioError(
    `${file} is no asciicast of version 3`,
    { next: 'name the .cast of a console: reports/runs/…/console.cast' },
    { cause },
  );
}
