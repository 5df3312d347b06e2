import { expect, test } from 'vitest';
import { Asciicast, SERIAL_TERMINAL } from './asciicast.ts';
import { Version2 } from './asciicast-v2.ts';

function version2(lines: readonly string[]): unknown[] {
  const cast = new Version2();
  return lines.flatMap((line) => {
    const own = cast.line(line);
    return own === undefined ? [] : [JSON.parse(own)];
  });
}

test('times count from the start, markers and typing stay, the size is in the header', () => {
  const lines: string[] = [];
  const header = { title: 'dom0 ▸ console', startedAt: '2025-11-22T10:55:13.000Z', ...SERIAL_TERMINAL };
  const milestones = [{ name: 'bootloader', stage: 'bootloader', atMs: 1_500 }] as const;
  const cast = new Asciicast(header, milestones, (line) => lines.push(line));
  cast.add({ atMs: 1_000, direction: 'o', bytes: Buffer.from('GRUB\x1b[1m') });
  cast.add({ atMs: 2_001, direction: 'i', bytes: Buffer.from('\r') });
  cast.end();
  expect(version2(lines)).toEqual([
    { version: 2, width: 80, height: 24, timestamp: 1_763_808_913, title: 'dom0 ▸ console' },
    [1, 'o', 'GRUB\x1b[1m'],
    [1.5, 'm', 'bootloader'],
    [2.001, 'i', '\r'],
  ]);
});

test('a million intervals add up; what is cut off is left out', () => {
  const cast = new Version2();
  cast.line('{"version":3,"term":{"cols":80,"rows":24}}');
  for (let index = 0; index < 999_999; index++) cast.line('[0.001,"o",""]');
  expect(cast.line('[0.001,"o","x"]')).toBe('[1000,"o","x"]');
  expect(['', '# comment', '[0.1,"o","cut'].map((line) => cast.line(line))).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

test.each(['no JSON', '{"version":2,"width":80,"height":24}', '[1,"o",""]'])('no header: %s', (line) => {
  expect(() => new Version2().line(line)).toThrow();
});
