import { setImmediate } from 'node:timers/promises';
import { Terminal } from '@xterm/headless';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { TerminalBlock, type TerminalStream } from './terminal-block.ts';

let terminal: Terminal;
let stream: TerminalStream & { columns: number };
beforeEach(() => {
  terminal = new Terminal({ cols: 20, rows: 8, allowProposedApi: true, convertEol: true });
  stream = {
    isTTY: true,
    columns: 20,
    write: ((text: string) => {
      terminal.write(text);
      return true;
    }) as TerminalStream['write'],
  };
});
afterEach(() => terminal.dispose());

/** The screen as a person sees it, after what was written so far. */
async function screen(): Promise<string[]> {
  await setImmediate();
  await new Promise<void>((resolve) => terminal.write('', resolve));
  const { active } = terminal.buffer;
  const rows = Array.from({ length: active.length }, (_, row) =>
    active.getLine(row)?.translateToString(true),
  );
  return rows.map((row) => row ?? '').slice(0, rows.findLastIndex((row) => row !== '') + 1);
}

test('is drawn anew in place, and what others write scrolls by above it', async () => {
  using block = new TerminalBlock(stream, [stream]);
  block.draw(['one', 'two']);
  expect(await screen()).toEqual(['one', 'two']);
  stream.write('a line\n');
  block.draw(['three']);
  expect(await screen()).toEqual(['a line', 'three']);
  stream.write('half a ');
  expect(await screen()).toEqual(['a line', 'three']);
  stream.write('line\n');
  expect(await screen()).toEqual(['a line', 'half a line', 'three']);
});

test('when it goes, nothing is left of it, and nothing of the others’ is lost', async () => {
  const write = stream.write;
  {
    using block = new TerminalBlock(stream, [stream]);
    block.draw(['one', 'two']);
    stream.write('no end');
  }
  expect(await screen()).toEqual(['no end']);
  expect(stream.write).toBe(write);
});

test('a row with wide characters is cut off instead of wrapping', async () => {
  using block = new TerminalBlock(stream, [stream]);
  block.draw(['漢'.repeat(15), 'two']);
  block.draw(['one', 'two']);
  expect(await screen()).toEqual(['one', 'two']);
});

test('a file beside the terminal is left alone', () => {
  const file: TerminalStream = { isTTY: false, write: (() => true) as TerminalStream['write'] };
  const write = file.write;
  using _block = new TerminalBlock(stream, [stream, file]);
  expect(file.write).toBe(write);
});
