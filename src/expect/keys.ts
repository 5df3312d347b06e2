/** Keys by name, as a VT100 terminal sends them. */
const ESC = '\x1b';

export const KEYS = {
  enter: '\r',
  escape: ESC,
  tab: '\t',
  backspace: '\x7f',
  up: `${ESC}[A`,
  down: `${ESC}[B`,
  right: `${ESC}[C`,
  left: `${ESC}[D`,
  home: `${ESC}[H`,
  end: `${ESC}[F`,
  'ctrl-a': '\x01',
  'ctrl-c': '\x03',
  'ctrl-d': '\x04',
  'ctrl-e': '\x05',
  'ctrl-k': '\x0b',
  'ctrl-n': '\x0e',
  'ctrl-p': '\x10',
  'ctrl-u': '\x15',
  'ctrl-x': '\x18',
  'ctrl-z': '\x1a',
  'ctrl-]': '\x1d',
} as const;

export type Key = keyof typeof KEYS;
