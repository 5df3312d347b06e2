/** How GRUB words its errors; newer builds put the source file, the function and the line before the message. */

const ERROR = String.raw`\b[Ee]rror: (?:(?:\.\.\/)*[\w./-]{1,80}:)?(?:\w{1,60}:)?(?:\d{1,6}:)? ?`;

export function error(text: string): RegExp {
  return new RegExp(`${ERROR}(?:${text})`);
}

/** A terminal of 80 columns cuts a message in two; what says it comes from GRUB is its source file. */
export const FROM_SOURCE = String.raw`error: (?:\.\.\/)*grub-core\/[\w./-]{1,80}:(?:\w{1,60}:)?\d{1,6}:`;

/** Messages behind which a boot goes on as if nothing had been. */
export const HARMLESS = [
  'no suitable video mode|.{0,80}(?:locale|\\.mo\\b|\\.gmo|fonts?\\/|\\.pf2|theme|\\.png|\\.tga|\\.jpg|background)',
  "serial port|terminal [`']serial|(?:diskfilter|sparse|compressed|encrypted).{0,40}(?:write|not (?:supported|allowed))",
  "environment block|.{0,10}grubenv|null src bitmap|.{0,40}(?:isn't|is not) found\\.?\\s*$|invalid video mode",
].join('|');

/** Where a boot ends up whose entry failed. */
export const RESCUE = ['grub-rescue-shell', 'grub-kernel-not-loaded', 'grub-error'];
