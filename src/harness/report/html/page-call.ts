/**
 * Data as scripts. A page that was opened from disk may not fetch its files, but it may load scripts: each file calls
 * functions of the page with JSON. What a guest printed is inside string literals only.
 */
import { safeJson, scriptJson } from '../safe-json.ts';

/** The functions that the page has for its data; see page/data.ts. */
export type PageFunction = 'run' | 'scenario' | 'chunk' | 'cast';

/** One call, as a line. */
export function pageCall(name: PageFunction, ...values: readonly unknown[]): string {
  return `domes.${name}(${values.map((value) => scriptJson(safeJson(value))).join(',')});\n`;
}
