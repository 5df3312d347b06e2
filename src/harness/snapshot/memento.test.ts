import { expect, test } from 'vitest';
import type { Milestone } from '../milestone/milestone.ts';
import { SavedMilestone } from './memento.ts';

test('a milestone is saved whole, that of a pinned machine too', () => {
  const milestone: Required<Omit<Milestone, 'isRestored'>> = {
    name: 'kernel',
    stage: 'kernel',
    atMs: 1,
    hostWaitMs: 0,
    virtualMs: 2.5,
    console: 'console',
    offset: 3,
    evidence: 'Linux version',
  };
  expect(SavedMilestone.parse(milestone)).toEqual(milestone);
});
