/** Tells a console log from what is none. */
import { isUtf8 } from 'node:buffer';

/** The beginnings of files that hold a log, perhaps, but not as text. */
const PACKED: readonly {
  readonly kind: string;
  readonly magic: readonly number[];
  readonly unpack: string;
}[] = [
  { kind: 'gzip', magic: [0x1f, 0x8b], unpack: 'gunzip -c FILE | npx domes diagnose -' },
  { kind: 'xz', magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a], unpack: 'xz -dc FILE | npx domes diagnose -' },
  { kind: 'zstd', magic: [0x28, 0xb5, 0x2f, 0xfd], unpack: 'zstd -dc FILE | npx domes diagnose -' },
  { kind: 'bzip2', magic: [0x42, 0x5a, 0x68], unpack: 'bzip2 -dc FILE | npx domes diagnose -' },
];
const LOOKED_AT = 64 * 1024;
/** Line noise and escape sequences are part of consoles; programs and images have far more. */
const MOST_ODD = 0.3;

/** Why these first bytes of a file are no text; undefined when they are. */
export function whyNoText(beginning: Buffer): string | undefined {
  const packed = PACKED.find(({ magic }) => magic.every((byte, index) => beginning[index] === byte));
  if (packed) return `it is packed with ${packed.kind}: ${packed.unpack}`;
  const bytes = beginning.subarray(0, LOOKED_AT);
  const isText = isUtf8(bytes);
  let odd = 0;
  let counted = 0;
  for (const byte of bytes) {
    // A serial port that is switched on prints them by the thousand.
    if (byte === 0) continue;
    counted++;
    const isControl = byte < 0x20 && !(byte >= 0x07 && byte <= 0x0d) && byte !== 0x1b;
    if (isControl || byte === 0x7f || (byte >= 0x80 && !isText)) odd++;
  }
  if (bytes.length > 0 && counted === 0) return 'it holds nothing but zero bytes';
  return counted > 0 && odd / counted > MOST_ODD
    ? 'it is no text (a program, an image, a packed file?)'
    : undefined;
}
