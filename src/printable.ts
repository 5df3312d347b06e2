/**
 * Text that is safe to show. What a guest prints is untrusted: an escape sequence in it could recolour, move or
 * retitle the reader's terminal, a lone surrogate or a NUL makes XML ill-formed, a bidi override makes a log lie.
 * Every such character is made visible instead of being dropped, so that evidence stays evidence.
 */

// C0 but tab and line feed, DEL, C1, bidi and invisible format characters, line separators, lone surrogates,
// and the two noncharacters that XML 1.0 forbids.
const UNSAFE =
  /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/**
 * Makes every unsafe character visible: `␛` for escape (and so on for all of C0 and DEL), `\x9b` for C1,
 * `\u{202e}` for invisible format characters, `\ufffd` for what is no character. Tabs and line feeds stay.
 * The result is well-formed UTF-16 and holds only characters that XML 1.0 allows.
 */
export function printable(text: string): string {
  return text.replace(UNSAFE, visible);
}

/** The same for text that must stay on one line: tabs and line feeds are made visible too. */
export function printableLine(text: string): string {
  return printable(text).replace(/[\t\n]/g, visible);
}

function visible(character: string): string {
  const code = character.charCodeAt(0);
  // U+2400 is the block of control pictures, in the order of C0.
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  if (code === 0x7f) return '\u2421';
  if (code < 0xa0) return `\\x${code.toString(16)}`;
  if (code < 0xd800 || code === 0xfeff) return `\\u{${code.toString(16)}}`;
  return '\ufffd';
}
