import { describe, expect, test } from 'vitest';
import { stepFingerprint } from './fingerprint.ts';
import { createProject, SCENARIO } from './testing/project.ts';
import { accepts, refusalOf, scenario } from './testing/refused.ts';

describe('inputs', () => {
  test.each([
    ['a constant of the environment', 'HOST', 'const HOST = process.env.HOST;', '{ HOST }'],
    ['one under another name', 'HOST', 'const HOST = process.env.HOST;', '{ host: HOST }'],
    ['a let', 'n', 'let n = 1; n = 2;', '{ n }'],
    ['one that an imported function uses', 'get()', 'import { get, host } from "./host.ts";', '{ host }'],
  ])('declare %s', async (_, step, before, inputs) => {
    const files = {
      'scenarios/host.ts': 'export let host = "x"; host = "y";\nexport const get = () => host;',
    };
    await accepts(scenario(`${step};`, { before, options: `{ inputs: ${inputs} }` }), files);
    await refusalOf(scenario(`${step};`, { before }), files);
  });

  test('of another name declare nothing', async () => {
    const before = 'const HOST = process.env.HOST;';
    await refusalOf(scenario('HOST;', { before, options: '{ inputs: { other: 1, HOST: "x" } }' }));
  });

  test('are not followed', async () => {
    const digests: string[] = [];
    for (const value of [1, 2]) {
      const text = scenario('N;', { before: `const N = ${value};`, options: '{ inputs: { N } }' });
      await using project = await createProject({ [SCENARIO]: text });
      digests.push((await stepFingerprint({ file: project.scenario, name: 'updated' })).digest);
    }
    expect(digests[0]).toBe(digests[1]);
  });
});

describe('the call', () => {
  test.each([
    [
      'a name that is not written out',
      'const x = "updated"; checkpoint(x, {}, () => {});',
      'boot.test.ts:2: the name of a checkpoint must be written out',
    ],
    [
      'two of one name',
      'checkpoint("updated", {}, () => {});\ncheckpoint(`updated`, {}, () => {});',
      'boot.test.ts:3: a second checkpoint named "updated"; the first is at scenarios/boot.test.ts:2',
    ],
    [
      'two of another name',
      'checkpoint("updated", {}, () => {});\ncheckpoint("a", {}, () => {});checkpoint("a", {}, () => {});',
      'a second checkpoint named "a"',
    ],
    [
      'none of that name',
      'checkpoint("other", {}, () => {});',
      'scenarios/boot.test.ts has no call checkpoint("updated", …)',
    ],
    ['no step', 'checkpoint("updated");', 'boot.test.ts:2: checkpoint "updated" has no step'],
  ])('%s', async (_, calls, message) => {
    const error = await refusalOf(`import { checkpoint } from 'domes';\n${calls}`);
    expect(error.message).toContain(message);
  });
});
