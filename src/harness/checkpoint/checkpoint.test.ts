import { expect, test } from 'vitest';
import { ScenarioError } from '../../errors.ts';
import { chainOf, checkpoint } from './checkpoint.ts';

const step = () => {};
let count = 0;
const fresh = () => `checkpoint-${++count}`;

test('a chain is known before anything runs, root first', () => {
  const root = checkpoint('root', { image: 'slim-dom0', launch: { boot: 'direct' } }, step);
  const middle = checkpoint('middle', { from: root, inputs: { version: 3, all: ['a', null] } }, step);
  const last = checkpoint('last', { from: middle, as: 'vmstate' }, step);
  expect(chainOf(last).map(({ name, kind }) => [name, kind])).toEqual([
    ['root', 'template'],
    ['middle', 'template'],
    ['last', 'vmstate'],
  ]);
  expect(last.file).toBe(import.meta.filename);
  expect(middle.inputs).toEqual({ version: 3, all: ['a', null] });
  expect(root.inputs).toEqual({});
});

test('the inputs are what the step is given', () => {
  checkpoint(fresh(), { image: 'slim-dom0', inputs: { version: 3 } }, (machine, { version }) => {
    const given: 3 = version;
    return [machine.name, given];
  });
  // @ts-expect-error a function is no plain data
  const wrong = () => checkpoint(fresh(), { image: 'slim-dom0', inputs: { version: () => 3 } }, step);
  expect(wrong).toThrow(/^checkpoint "checkpoint-\d+": inputs\.version is a function\n/);
});

test.each(['', 'Upper', 'a b', '-a', 'a/../b', '../x', '.hidden', 'ä', 'x'.repeat(65)])(
  'a name that is no folder name is refused: "%s"',
  (name) => {
    expect(() => checkpoint(name, { image: 'slim-dom0' }, step)).toThrow(ScenarioError);
    expect(() => checkpoint(name, { image: 'slim-dom0' }, step)).toThrow('a bad name');
  },
);

test('the same name twice in one file', () => {
  checkpoint('twice', { image: 'slim-dom0' }, step);
  expect(() => checkpoint('twice', { image: 'slim-dom0' }, step)).toThrow(
    /^checkpoint "twice" is declared twice in .*checkpoint\.test\.ts\n/,
  );
});

test('what plain JavaScript can get wrong', () => {
  // @ts-expect-error no step
  expect(() => checkpoint(fresh(), { image: 'slim-dom0' })).toThrow('has no step');
  // @ts-expect-error no start
  expect(() => checkpoint(fresh(), {}, step)).toThrow('starts from nothing');
  // @ts-expect-error declared before the one that it starts from
  expect(() => checkpoint(fresh(), { from: undefined }, step)).toThrow('starts from nothing');
  // @ts-expect-error neither template nor vmstate
  expect(() => checkpoint(fresh(), { image: 'slim-dom0', as: 'savevm' }, step)).toThrow('as is "savevm"');
});
