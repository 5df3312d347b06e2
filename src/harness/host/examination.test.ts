import { expect, it } from 'vitest';
import { examineHost } from './examination.ts';
import { findProgram } from './programs.ts';
import { QEMU } from './qemu-version.ts';

it('looks at everything once, and knows how to mend what is missing', async () => {
  const checks = await examineHost(['sh', 'no-such-tool']);
  const names = checks.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(names).toEqual(
    expect.arrayContaining(['node', 'qemu-img', 'sh', 'no-such-tool', 'processor', 'memory']),
  );
  expect(checks.find(({ name }) => name === 'sh')).toMatchObject({ state: 'fine', found: findProgram('sh') });
  expect(checks.find(({ name }) => name === 'no-such-tool')).toMatchObject({
    state: 'trouble',
    found: 'missing: used by a recipe',
    mend: expect.stringContaining('no-such-tool'),
  });
  // Without QEMU there is nothing to try.
  expect(names.includes('accelerator')).toBe(findProgram(QEMU) !== undefined);
}, 60_000);
