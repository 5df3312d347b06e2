import { expect, test } from 'vitest';
import { TextWindow } from './text-window.ts';

test('keeps text under the offsets it arrived with', () => {
  const window = new TextWindow();
  window.append(Buffer.from('hello '));
  window.append(Buffer.from('wörld'));
  expect([window.start, window.end]).toEqual([0, 12]);
  expect(window.decode(6, 12)).toBe('wörld');
  window.dropBefore(6);
  expect(window.start).toBe(6);
  expect(window.decode(0, 100)).toBe('wörld');
  window.dropBefore(3);
  expect(window.start).toBe(6);
});

test('what is dropped makes room: its memory stays as it is, whatever passes through', () => {
  const window = new TextWindow();
  const chunk = Buffer.alloc(60_000);
  const sizes = new Set<number>();
  for (let n = 0; n < 500; n++) {
    chunk.fill(n & 0xff);
    window.append(chunk);
    expect(window.slice(window.end - 1, window.end)).toEqual(Buffer.from([n & 0xff]));
    window.dropBefore(window.end - 65_536);
    sizes.add(window.bytes.length);
  }
  expect(window.end).toBe(500 * 60_000);
  expect(Math.max(...sizes)).toBeLessThan(512 * 1024);
});

test('the part that is held moves in one piece', () => {
  const window = new TextWindow();
  let expected = '';
  for (let n = 0; n < 3000; n++) {
    const line = `line ${n} ${'x'.repeat(n % 200)}\n`;
    window.append(Buffer.from(line));
    expected += line;
    if (n % 7 === 0) window.dropBefore(window.end - 5000);
    if (n % 31 === 0) expect(window.decode(window.start, window.end)).toBe(expected.slice(window.start));
  }
});

test('never holds more than it may, read or not', () => {
  const window = new TextWindow({ maxBytes: 1000, start: 50 });
  for (let n = 0; n < 30; n++) window.append(Buffer.alloc(100, 'x'));
  expect(window.end).toBe(3050);
  expect(window.start).toBe(2050);
});
