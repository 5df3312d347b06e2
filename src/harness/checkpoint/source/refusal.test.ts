import { describe, expect, test } from 'vitest';
import { accepts, refusalOf, scenario } from './testing/refused.ts';

test('a refusal names the line, the name and the remedy', async () => {
  const { message } = await refusalOf(
    scenario('counter;', { before: 'let counter = 0;\ntest("x", () => { counter++; });' }),
  );
  expect(message).toMatchInlineSnapshot(`
    "scenarios/boot.test.ts:3: checkpoint "updated" can't be cached: its step uses counter, a let that is assigned again in line 2
      blame       scenario: the script, its options or the manifest need mending
      next        declare its value: inputs: { counter } in the options of checkpoint(), or don't change it"
  `);
});

describe('a step is refused that uses', () => {
  test.each([
    [
      'a let that is assigned again',
      'n',
      'let n = 1; const f = () => { n = 2; };',
      'uses n, a let that is assigned again in line 1',
    ],
    [
      'a let that is counted up',
      'n',
      'let n = 1; const f = () => n++;',
      'uses n, a let that is assigned again in line 1',
    ],
    [
      'a let that a pattern assigns',
      'n',
      'let n = 1; const f = ([a]) => { [n] = a; };',
      'uses n, a let that is assigned again',
    ],
    [
      'a let that a loop assigns',
      'n',
      'let n = 1; for (n of [1]) {}',
      'uses n, a let that is assigned again',
    ],
    [
      'a var that is declared twice',
      'n',
      'var n = 1;\nvar n = 2;',
      'uses n, a var that is assigned again in line 2',
    ],
    [
      'an object that tests change',
      'state.n',
      'const state = {}; const f = () => { state.n = 1; };',
      'uses state, a const of which a property is changed in line 1',
    ],
    ['the environment', 'process.env.HOST', '', 'uses process.env, which is of the process'],
    [
      'the environment through a constant',
      'HOST',
      'const HOST = process.env.HOST;',
      'const HOST in scenarios/boot.test.ts uses process.env',
    ],
    [
      'the environment, taken apart',
      'HOST',
      'const { env: { HOST } } = process;',
      'uses process, which is of the process',
    ],
    [
      'the environment of Vite',
      'import.meta.env.MODE',
      '',
      'uses import.meta.env, whose value is not in the code',
    ],
    ['import.meta as a whole', 'f(import.meta)', 'const f = (x) => x;', 'uses import.meta as a whole'],
    ['a var of a block', 'n', '{ var n = 1; n = 2; }', 'uses n, a var that is assigned again in line 1'],
    [
      'the time in a function that is called at once',
      'NOW',
      'const NOW = (() => Date.now())();',
      'uses Date.now(), which gives another value',
    ],
    [
      'the environment of a module',
      'env.HOST',
      'import { env } from "node:process";',
      'uses process.HOST, which is of the process',
    ],
    [
      'code that is run by a module',
      'runInThisContext("1")',
      'import { runInThisContext } from "node:vm";',
      'uses runInThisContext, which runs code that is not followed (node:vm)',
    ],
    ['arguments of the process', 'process.argv', '', 'uses process.argv'],
    ['this', 'this.task', '', 'its step uses this, whose value is not in the code'],
    ['eval', 'eval("1")', '', 'uses eval, which runs code that is not written out'],
    ['new Function', 'new Function("1")', '', 'uses Function, which runs code that is not written out'],
    ['require', 'require("x")', '', 'uses require, which is not followed'],
    ['a computed import', 'await import(machine.name)', '', 'uses import() of a computed name'],
    [
      'an import that leads nowhere',
      'await import("./no.ts")',
      '',
      'uses import "./no.ts", which leads to no file or package',
    ],
    [
      'a package that is not installed',
      'no',
      'import no from "no";',
      'uses import "no", which leads to no file or package',
    ],
    ['an alias', 'x', 'import { x } from "#x";', 'uses import "#x", which leads to no file or package'],
    [
      'an export that is not there',
      'no',
      'import { no } from "./words.ts";',
      'but scenarios/words.ts exports no no',
    ],
    ['a file of another kind', 'x', 'import x from "./x.vue";', 'uses import "./x.vue"'],
    ['an unknown global', 'page.goto()', '', 'uses page, which is declared nowhere that is known here'],
    ['the global object', 'globalThis.page', '', 'uses globalThis, which is declared nowhere'],
    [
      'a constant that is another at each run',
      'SEED',
      'const SEED = Math.random();',
      'uses Math.random(), which gives another value at each run',
    ],
    ['the time of loading', 'NOW', 'const NOW = new Date();', 'uses Date(), which gives another value'],
    [
      'that through a function',
      'NOW',
      'const now = () => Date.now(); const NOW = now();',
      'const now in scenarios/boot.test.ts uses Date.now()',
    ],
    ['that through a class', 'N.at', 'class N { static at = performance.now(); }', 'uses performance.now()'],
    [
      'a file that is read while loading',
      'TEXT',
      'import { readFileSync } from "node:fs"; const TEXT = readFileSync("x");',
      'uses readFileSync(), which asks the host (node:fs)',
    ],
    [
      'a name of the host',
      'HOST',
      'import os from "node:os"; const HOST = os.hostname();',
      'uses os.hostname(), which asks the host (node:os)',
    ],
  ])('%s', async (_, step, before, message) => {
    const error = await refusalOf(scenario(`${step};`, { before }));
    expect(error.message).toContain(message);
    expect(error.facts.next).toBeTruthy();
  });

  test('a parameter of the block around it', async () => {
    const error = await refusalOf(`import { checkpoint, describe } from 'domes';
describe.each([1, 2])('version %s', (version) => {
  checkpoint('updated', {}, async (machine) => machine.send(version));
});`);
    expect(error.message).toContain(
      'scenarios/boot.test.ts:3: checkpoint "updated" can\'t be cached: its step uses version, a parameter (line 2)',
    );
  });

  test('a loop variable', async () => {
    const text = `import { checkpoint } from 'domes'; for (const n of [1]) checkpoint('updated', {}, () => n);`;
    expect((await refusalOf(text)).message).toContain('its step uses n, a loop variable (line 1)');
  });

  test('something in an imported file, which is named', async () => {
    const error = await refusalOf(scenario('get();', { before: 'import { get } from "./get.ts";' }), {
      'scenarios/get.ts': 'const host = () => process.env.HOST;\nexport const get = () =>\n  host();',
    });
    expect(error.message).toContain(
      'scenarios/get.ts:1: checkpoint "updated" can\'t be cached: const host in scenarios/get.ts uses process.env,',
    );
  });

  test('a file that cannot be parsed', async () => {
    const error = await refusalOf(scenario('get();', { before: 'import { get } from "./get.ts";' }), {
      'scenarios/get.ts': '\nexport const get = ;',
    });
    expect(error.message).toMatch(/scenarios\/get\.ts:2 cannot be parsed: .*Unexpected token/s);
  });
});

describe('a step may use', () => {
  test.each([
    ['a let that is never assigned', 'n', 'let n = 1; const f = (n) => { n = 2; };'],
    ['a name that is assigned in a scope of its own', 'n', 'const n = 1; { let n = 2; n = 3; }'],
    ['the time, when it runs', 'Date.now(), Math.random(), new Date()', ''],
    ['the time in a function that it calls', 'now()', 'const now = () => Date.now();'],
    ['node modules, when it runs', 'readFileSync("x")', 'import { readFileSync } from "node:fs";'],
    [
      'paths that are joined while loading',
      'PATH',
      'import { join } from "node:path"; const PATH = join("x", import.meta.dirname);',
    ],
    ['this in a class', 'new A().get()', 'class A { #x = 1; y = this.#x; get() { return this.#x; } }'],
    ['names of its own', 'const { a, b: [c = a] } = machine; label: for (let i = c; ; i++) break label;', ''],
    ['a function that calls itself', 'loop()', 'function loop() { return loop; }'],
    ['an enum', 'E.A', 'enum E { A = 1, B = A }'],
    ['properties that are spelt like unknown names', 'machine.page({ page: 1 }).window', ''],
    ['types that are declared nowhere', 'const x = machine as Unknown<typeof nothing>; x satisfies Foo', ''],
    ['vitest', 'expect(1).toBe(1)', 'import { expect } from "vitest";'],
    ['text that is imported', 'text', 'import text from "./versions.json?raw";'],
  ])('%s', async (_, step, before) => {
    await accepts(scenario(`${step};`, { before }), {
      'node_modules/vitest/package.json': '{ "version": "4.0.0" }',
    });
  });
});
