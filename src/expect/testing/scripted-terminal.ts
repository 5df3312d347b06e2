/** The echo of a guest's terminal, with the faults that real ones have. */
import type { ScriptedGuest } from './scripted-guest.ts';

export interface TerminalFaults {
  /** Of the characters typed so far, counted from 0: these are lost before anybody reads them. */
  readonly lose?: ReadonlySet<number>;
  /** These are read twice. */
  readonly double?: ReadonlySet<number>;
  /** Something that is printed before the echo of a character. */
  readonly before?: ReadonlyMap<number, string>;
  /** Wraps as bash's readline does, after so many characters. */
  readonly columns?: number;
}

/** Lets the guest echo what is typed; answers the line that it has read so far. */
export function echoing(guest: ScriptedGuest, faults: TerminalFaults = {}): { readonly line: string } {
  const terminal = { line: '' };
  let index = 0;
  guest.onInput = (text) => {
    for (const character of text) {
      const at = index++;
      const before = faults.before?.get(at);
      if (before) guest.print(before);
      if (faults.lose?.has(at)) continue;
      const times = faults.double?.has(at) ? 2 : 1;
      for (let time = 0; time < times; time++) {
        terminal.line = read(guest, terminal.line, character, faults.columns);
      }
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
