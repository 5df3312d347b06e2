/** Text of a guest or a person in source code. */
import { printableLine } from '../../printable.ts';

/** A string literal in single quotes, with nothing in it that could end it or hide. */
export function quoted(text: string): string {
  // In this order: what is made visible is an escape of the literal's own (`\\u{202e}`).
  return `'${printableLine(text.replace(/[\\']/g, '\\$&'))}'`;
}
