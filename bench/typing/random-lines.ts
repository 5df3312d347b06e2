/** Lines of printable ASCII, the shell's own characters included, the same in every run. */
import { Prng } from '../expect/prng.ts';

const FIRST = 0x20;
const LAST = 0x7e;
const LONGEST = 200;

export function randomLines(count: number, seed = 1): string[] {
  const prng = new Prng(seed);
  const character = () => String.fromCharCode(FIRST + prng.next(LAST - FIRST + 1));
  return Array.from({ length: count }, () =>
    Array.from({ length: 1 + prng.next(LONGEST) }, character).join(''),
  );
}
