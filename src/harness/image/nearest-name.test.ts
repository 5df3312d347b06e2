import { expect, it } from 'vitest';
import { nearestName, orNearest } from './nearest-name.ts';

it.each([
  ['recpie', ['recipe', 'url', 'file'], 'recipe'],
  ['slim_dom0', ['slim-dom0', 'rpm-dom0'], 'slim-dom0'],
  ['SLIM-DOM0', ['slim-dom0', 'rpm-dom0'], 'slim-dom0'],
  ['mem', ['cpu', 'memoryMiB'], 'memoryMiB'],
  ['dsik', ['disk', 'direct'], 'disk'],
  ['windows', ['slim-dom0'], undefined],
  ['x', [], undefined],
])('%s among %j is %s', (wrong, names, nearest) => {
  expect(nearestName(wrong, names)).toBe(nearest);
});

it('lists what there is when nothing is near', () => {
  expect(orNearest('windows', ['a', 'b'])).toBe(' (there is: a, b)');
  expect(orNearest('windows', [])).toBe('');
});
