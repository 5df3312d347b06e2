import { readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { callerFile, pathOf } from './caller-file.ts';
import { createProject, type Project } from './testing/project.ts';

const vitestFolder = dirname(createRequire(import.meta.url).resolve('vitest/package.json'));
const DOOR = JSON.stringify(join(import.meta.dirname, 'testing/door.ts'));

const IMPORTS = [
  `import { PASSWORD } from './words.ts';`,
  `import { checkpoint } from ${DOOR};`,
  `import { test } from 'vitest';`,
];

const scenario = (imports: readonly string[]) => `${imports.join('\n')}
await checkpoint('up', {}, async (machine: any): Promise<void> => { await machine.sendLine(PASSWORD); });
test('runs', () => {});
`;

/** As coverage does: every module is run with counters in it, and other line numbers. */
const CONFIG = `
const instrument = {
  name: 'instrument',
  enforce: 'post',
  transform(code, id) {
    if (!id.includes('/scenarios/')) return;
    return { code: 'globalThis.counted ??= [];\\n\\n' + code.replaceAll('machine', 'measured').replace(/;\\n/g, ';globalThis.counted.push(1);\\n'), map: null };
  },
};
const shared = { include: ['scenarios/*.test.ts'], pool: 'forks' };
export default { test: { projects: [{ test: { ...shared, name: 'plain' } }, { plugins: [instrument], test: { ...shared, name: 'instrumented' } }] } };
`;

interface Told {
  readonly file: string;
  /** The step as the runner has it. */
  readonly transformed: string;
  readonly parts?: readonly unknown[];
  readonly error?: string;
}

async function run(project: Project, toldTo: string): Promise<Told[]> {
  const told = join(project.root, toldTo);
  const { PATH = '', HOME = '' } = process.env;
  const { stdout } = await execa(process.execPath, [join(vitestFolder, 'vitest.mjs'), 'run'], {
    cwd: project.root,
    env: { PATH, HOME, NO_COLOR: '1', DOMES_TOLD: told },
    extendEnv: false,
  });
  expect(stdout).toContain('2 passed');
  return (await readFile(told, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Told);
}

test('in Vitest: the file and the fingerprint, with or without instrumented code and another order of imports', {
  timeout: 60_000,
}, async () => {
  await using project = await createProject({
    'package.json': '{ "type": "module" }',
    'vitest.config.ts': CONFIG,
    'scenarios/boot.test.ts': scenario(IMPORTS),
    'scenarios/words.ts': `export const PASSWORD = 'secret';\n`,
  });
  await symlink(vitestFolder, join(project.root, 'node_modules/vitest'));
  const before = await run(project, 'before.json');
  await project.write('scenarios/boot.test.ts', scenario(IMPORTS.toReversed()));
  const after = await run(project, 'after.json');

  expect(before).toHaveLength(2);
  expect(before[0]).toMatchObject({
    file: project.scenario,
    parts: [{ what: 'const PASSWORD in scenarios/words.ts' }, { what: 'domes itself' }, { what: 'step up' }],
  });
  const [first, ...others] = [...before, ...after].map(({ transformed: _, ...told }) => told);
  for (const other of others) expect(other).toEqual(first);
  // What the runner has differs each time: with counters, and with imports counted in another order.
  expect(new Set([...before, ...after].map(({ transformed }) => transformed)).size).toBe(4);
});

test('a test of the harness is a caller like any other', () => {
  expect(callerFile()).toBe(import.meta.filename);
});

test('the stack is formatted as before afterwards', () => {
  const { prepareStackTrace, stackTraceLimit } = Error;
  callerFile();
  expect([Error.prepareStackTrace, Error.stackTraceLimit]).toEqual([prepareStackTrace, stackTraceLimit]);
});

test.each([
  ['/a/b.test.ts', '/a/b.test.ts'],
  ['/a/b.test.ts?v=1f', '/a/b.test.ts'],
  ['file:///a/b%20c.test.ts?t=12', '/a/b c.test.ts'],
  ['/@fs/a/b.test.ts', '/a/b.test.ts'],
  ['node:internal/modules/run_main', undefined],
  ['', undefined],
])('the frame %s is of %s', (frame, path) => {
  expect(pathOf(frame)).toBe(path);
});
