import { expect, test } from 'vitest';
import { checkpointUse } from './checkpoint-use.ts';

test('stored states are used on this host, as the environment says', () => {
  expect(checkpointUse({}, {})).toEqual({ mode: 'on' });
  expect(checkpointUse({ determinism: 'pinned' }, { DOMES_CHECKPOINTS: 'cold' })).toEqual({ mode: 'cold' });
});

test('where they are not, why', () => {
  const off = (because: string) => ({ mode: 'off', because });
  expect(checkpointUse({}, { DOMES_CHECKPOINTS: 'off', DOMES_HOST: 'ssh://lab' })).toEqual(
    off('DOMES_CHECKPOINTS=off'),
  );
  expect(checkpointUse({}, { DOMES_HOST: 'ssh://lab' })).toEqual(off('stored states are of this host'));
  const recording = off('a recording begins at power-on');
  expect(checkpointUse({ determinism: 'recorded' }, {})).toEqual(recording);
  expect(checkpointUse({}, { DOMES_RECORD: 'always', DOMES_CHECKPOINTS: 'on' })).toEqual(recording);
});
