import { expect, test } from 'vitest';
import { allowedCpus } from './spawn.ts';

test.each([
  ['0-3,8', [0, 1, 2, 3, 8]],
  ['5', [5]],
  ['0-1', [0, 1]],
])('the processors that we may use: %s', (list, cpus) => {
  expect(allowedCpus(`Name:\tnode\nCpus_allowed_list:\t${list}\nMems_allowed:\t1\n`)).toEqual(cpus);
});
