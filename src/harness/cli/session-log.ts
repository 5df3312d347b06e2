/** Reads what went over a console from its files (`NAME.log`, `NAME.times`), once its machine has ended. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { SessionConsole } from './session-typing.ts';

/** As console/log-files.ts writes it. */
const TimesLine = z.union([
  z.tuple([z.number(), z.literal('o'), z.number()]),
  z.tuple([z.number(), z.literal('i'), z.string()]),
]);

/** @throws the file system's own error. */
export function sessionConsole(folder: string, name: string): SessionConsole {
  const raw = readFileSync(join(folder, `${name}.log`));
  let at = 0;
  const entries = readFileSync(join(folder, `${name}.times`), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const [atMs, , what] = TimesLine.parse(JSON.parse(line));
      if (typeof what === 'string') return { atMs, typed: what };
      const printed = raw.subarray(at, at + what);
      at += what;
      return { atMs, printed };
    });
  return { name, entries };
}
