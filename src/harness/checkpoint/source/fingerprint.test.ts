import { describe, expect, test } from 'vitest';
import { changedParts } from './changed-parts.ts';
import { stepFingerprint } from './fingerprint.ts';
import { EDITS } from './testing/edits.ts';
import { EDITS_ELSEWHERE } from './testing/edits-elsewhere.ts';
import { createProject, FILES, SCENARIO } from './testing/project.ts';

/** Fingerprints one checkpoint in the project, with an edit in one file or without. */
async function fingerprintOf(edit?: { file: string; from: string; to: string }, name = 'updated') {
  const changed: Record<string, string> = {};
  if (edit) {
    const text = FILES[edit.file] ?? '';
    expect(text.split(edit.from).length, `${edit.from} is there once`).toBe(2);
    changed[edit.file] = text.replace(edit.from, () => edit.to);
  }
  await using project = await createProject(changed);
  return await stepFingerprint({ file: project.scenario, name });
}

test('names the parts of a step', async () => {
  const { parts } = await fingerprintOf();
  expect(parts.map(({ what }) => what)).toMatchInlineSnapshot(`
    [
      "const DOS in scenarios/prompts/dos.ts",
      "const LIMITS in scenarios/boot.test.ts",
      "const PASSWORD in scenarios/boot.test.ts",
      "const PROMPT in scenarios/prompts/unix.ts",
      "const first in scenarios/boot.test.ts",
      "const hello in scenarios/words.ts",
      "const limit in scenarios/login.ts",
      "const registry in scenarios/registry.ts",
      "const rest in scenarios/boot.test.ts",
      "const settings in scenarios/login.ts",
      "const value in scenarios/later.ts",
      "const word in scenarios/words.ts",
      "domes itself",
      "file scenarios/versions.json",
      "function loginAs in scenarios/login.ts",
      "let attempts in scenarios/boot.test.ts",
      "module scenarios/later.ts",
      "package ssh2 1.2.3",
      "step updated",
      "top-level statements of scenarios/prepare.ts",
    ]
  `);
});

describe('an edit', async () => {
  const before = await fingerprintOf();

  test.each(EDITS_ELSEWHERE)('of $title changes nothing', async ({ file = SCENARIO, from, to }) => {
    const after = await fingerprintOf({ file, from, to });
    expect(changedParts(before.parts, after.parts)).toEqual([]);
    expect(after.digest).toBe(before.digest);
  });

  test.each(EDITS)('of $title', async ({ file = SCENARIO, from, to, changes }) => {
    const after = await fingerprintOf({ file, from, to });
    expect(changedParts(before.parts, after.parts)).toEqual(changes);
    expect(after.digest === before.digest).toBe(changes.length === 0);
  });
});

describe('a checkpoint in a block', () => {
  test('uses what is declared around it', async () => {
    const { parts } = await fingerprintOf(undefined, 'nested');
    expect(parts.map(({ what }) => what)).toEqual([
      'const local in scenarios/boot.test.ts (block 1)',
      'domes itself',
      'function greet in scenarios/boot.test.ts (block 1)',
      'step nested',
    ]);
  });

  test.each([
    {
      from: "'in a block'",
      to: "'in a Block'",
      changes: ['const local in scenarios/boot.test.ts (block 1) changed'],
    },
    {
      from: "return 'hello'",
      to: "return 'bye'",
      changes: ['function greet in scenarios/boot.test.ts (block 1) changed'],
    },
    {
      from: "test('prints'",
      to: "greet();\n  test('prints'",
      changes: ['block 1 around the step in scenarios/boot.test.ts is new'],
    },
    { from: "test('prints'", to: "test('writes'", changes: [] },
  ])('$from → $to', async ({ from, to, changes }) => {
    const before = await fingerprintOf(undefined, 'nested');
    const after = await fingerprintOf({ file: SCENARIO, from, to }, 'nested');
    expect(changedParts(before.parts, after.parts)).toEqual(changes);
  });
});

test('a step that is named is followed', async () => {
  const named = `import { checkpoint as mark } from 'domes';
import { install } from './install.ts';
mark('updated', install);
`;
  const step = (what: string) => `export async function install() { return ${what}; }`;
  const digests: string[] = [];
  for (const what of ['1', '1 /* one */', '2', 'Date.now()']) {
    await using project = await createProject({ [SCENARIO]: named, 'scenarios/install.ts': step(what) });
    digests.push((await stepFingerprint({ file: project.scenario, name: 'updated' })).digest);
  }
  expect(digests[0]).toBe(digests[1]);
  expect(new Set(digests).size).toBe(3);
});

test('a file that changes on disk is read again', async () => {
  await using project = await createProject();
  const step = { file: project.scenario, name: 'updated' };
  const before = await stepFingerprint(step);
  expect(await stepFingerprint(step)).toEqual(before);
  await project.write('scenarios/later.ts', "export const value = 'much later';\n");
  expect(changedParts(before.parts, (await stepFingerprint(step)).parts)).toEqual([
    'const value in scenarios/later.ts changed',
  ]);
});

test('the fingerprint is the same in another folder', async () => {
  const [one, other] = [await fingerprintOf(), await fingerprintOf()];
  expect(one).toEqual(other);
});
