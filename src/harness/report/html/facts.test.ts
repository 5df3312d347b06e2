import { expect, test } from 'vitest';
import { sampleMachine } from '../fixtures/sample-run.ts';
import { machineFacts } from './facts.ts';

test('a machine says how it ran, and why its budgets were not checked', () => {
  const facts = (...change: Parameters<typeof sampleMachine>) =>
    new Map<string, string>(machineFacts(sampleMachine(...change), undefined));
  const recorded = facts({ determinism: 'recorded', budgetsUnchecked: 'DOMES_RECORD=on-failure' });
  expect(recorded.get('determinism')).toBe('recorded');
  expect(recorded.get('budgets')).toBe('not checked: DOMES_RECORD=on-failure');
  const live = facts();
  expect(live.get('determinism')).toBe('live');
  expect(live.has('budgets')).toBe(false);
});
