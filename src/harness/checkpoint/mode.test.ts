import { expect, test } from 'vitest';
import { checkpointMode, storeLimit } from './mode.ts';

test('how checkpoints are used', () => {
  expect(checkpointMode({})).toBe('on');
  expect(checkpointMode({ DOMES_NIGHTLY: '1' })).toBe('cold');
  expect(checkpointMode({ DOMES_NIGHTLY: '1', DOMES_CHECKPOINTS: 'on' })).toBe('on');
  expect(checkpointMode({ DOMES_CHECKPOINTS: 'off' })).toBe('off');
  expect(() => checkpointMode({ DOMES_CHECKPOINTS: 'no' })).toThrow(
    'DOMES_CHECKPOINTS is "no": expected on, cold or off',
  );
});

test('how much room they may take', () => {
  expect(storeLimit({})).toBe(10 * 2 ** 30);
  expect(storeLimit({ DOMES_CHECKPOINTS_MAX_GIB: '0.5' })).toBe(2 ** 29);
  for (const wrong of ['ten', '0', '-1', '1GiB'])
    expect(() => storeLimit({ DOMES_CHECKPOINTS_MAX_GIB: wrong })).toThrow(
      `DOMES_CHECKPOINTS_MAX_GIB is "${wrong}"`,
    );
});
