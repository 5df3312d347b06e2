/**
 * Which characters a place in a pattern can match. For ASCII the JavaScript engine itself is asked, so that
 * flags, escapes and classes mean exactly what they mean there; beyond ASCII a superset is enough.
 */
import type { CharacterSet } from './tree.ts';

const known = new Map<string, Uint8Array>();

const ALL_ASCII = String.fromCharCode(...Array(128).keys());
const singles: Uint8Array[] = [];
const NO_ASCII = new Uint8Array(256);

/** For each byte whether it is an ASCII character and the one-character pattern `raw` matches it. The same array for the same pattern. */
export function asciiMembers(raw: string, flags: string): Uint8Array {
  const key = `${flags}/${raw}`;
  let ascii = known.get(key);
  if (!ascii) {
    ascii = new Uint8Array(256);
    for (const { index } of ALL_ASCII.matchAll(new RegExp(raw, `${flags}g`))) ascii[index] = 1;
    if (known.size > 1000) known.clear();
    known.set(key, ascii);
  }
  return ascii;
}

/**
 * The set of a single character. Ignoring case, any character beyond ASCII may have relatives there, and with
 * the u or v flag also in ASCII (U+017F ſ and s, U+212A K and k).
 */
export function singleCharacter(code: number, raw: string, flags: string): CharacterSet {
  const ignoreCase = flags.includes('i');
  const folds = ignoreCase && /[uv]/.test(flags);
  if (code < 128) {
    if (!ignoreCase) return { ascii: only(code), beyond: undefined };
    return {
      ascii: asciiMembers(raw, flags),
      beyond: folds && /[ks]/i.test(String.fromCharCode(code)) ? 'any' : undefined,
    };
  }
  // U+FFFD is also what an invalid byte reads as; a lone surrogate is half of a character of four bytes.
  const exact = !ignoreCase && code !== 0xfffd && (code < 0xd800 || code > 0xdfff);
  return {
    ascii: folds ? asciiMembers(raw, flags) : NO_ASCII,
    beyond: exact ? Buffer.from(String.fromCodePoint(code)) : 'any',
  };
}

function only(code: number): Uint8Array {
  singles[code] ??= Uint8Array.from({ length: 256 }, (_, other) => (other === code ? 1 : 0));
  return singles[code];
}
