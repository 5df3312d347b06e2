/** The echo of a guest's terminal, with the faults that real ones have. */
import type { ScriptedGuest } from './scripted-guest.ts';

export interface TerminalFaults {
  /** Whether a character that is typed behind this line is lost before anybody reads it. */
  readonly lose?: (line: string, character: string) => boolean;
  /** Whether it is read twice. */
  readonly double?: (line: string, character: string) => boolean;
  /** Something that is printed before the echo of the character with this number, counted from 0. */
  readonly before?: ReadonlyMap<number, string>;
  /** Wraps as bash's readline does, after so many characters. */
  readonly columns?: number;
}

/** Lets the guest echo what is typed; answers the line that it has read so far. */
export function echoing(guest: ScriptedGuest, faults: TerminalFaults = {}): { readonly line: string } {
  const { lose = () => false, double = () => false, before, columns } = faults;
  const terminal = { line: '' };
  let index = 0;
  guest.onInput = (text) => {
    for (const character of text) {
      guest.print(before?.get(index++) ?? '');
      const { line } = terminal;
      if (lose(line, character)) continue;
      terminal.line = read(guest, line, character, columns);
      if (double(line, character)) terminal.line = read(guest, terminal.line, character, columns);
    }
  };
  return terminal;
}

function read(guest: ScriptedGuest, line: string, character: string, columns?: number): string {
  if (character === '\x15') {
    guest.print('\b \b'.repeat(line.length));
    return '';
  }
  if (character === '\r') {
    guest.print('\r\n');
    return '';
  }
  const isAtMargin = columns !== undefined && line.length > 0 && line.length % columns === 0;
  guest.print(isAtMargin ? `${character}\r${character}` : character);
  return line + character;
}
