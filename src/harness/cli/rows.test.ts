import { expect, it } from 'vitest';
import { alignedRows } from './rows.ts';

it('aligns columns, however long the last one is, and shows control characters', () => {
  const rows = [
    ['✓', 'node', 'v20'],
    ['✗', 'qemu-img', 'missing\x1b[31m: makes overlays'],
    ['·', 'x', ''],
  ];
  expect(alignedRows(rows)).toBe('✓  node      v20\n✗  qemu-img  missing␛[31m: makes overlays\n·  x\n');
  expect(alignedRows([])).toBe('');
});
