/** Checkpoints as a person at `npx vitest` meets them: the real Vitest in watch mode, a real QEMU, files that are edited. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { ScenarioProject } from '../runner/fixtures/scenario-project.ts';

const moduleCache = mkdtempSync(join(tmpdir(), 'domes-modules-'));
afterAll(() => rmSync(moduleCache, { recursive: true, force: true }));

const index = JSON.stringify(join(import.meta.dirname, '../index.ts'));

const SCENARIO = `
import { checkpoint } from ${index};
const ROUND = 1;
const FIRST = 'SeaBIOS';
const SECOND = 'No bootable device';

const begun = checkpoint(
  'begun',
  { image: 'slim-dom0', launch: { machine: { name: 'empty', memoryMiB: 32 } } },
  async (machine) => {
    await machine.console('firmware').expect(FIRST);
  },
);
const stopped = checkpoint('stopped', { from: begun }, async (machine) => {
  machine.expectFailure('firmware/no-bootable-device');
  await machine.console('firmware').expect(SECOND);
});

test('gets there', async ({ resume, task }) => {
  const machine = await resume(stopped);
  const text = machine.console('firmware').transcript.tail(3).map(({ text }) => text).join();
  expect(text).toContain('No bootable device');
  tell('round-' + ROUND, { steps: task.meta.domes.checkpoints });
});
`;

interface Step {
  readonly name: string;
  readonly did: string;
  readonly because?: string;
}

test('after an edit only that step, and what follows, is executed again', { timeout: 120_000 }, async () => {
  await using project = new ScenarioProject({ edited: SCENARIO }, moduleCache);
  const path = join(project.root, 'scenarios/edited.test.ts');
  let round = 1;
  const steps = async (): Promise<string[]> => {
    const { steps } = (await project.told(`round-${round}`)) as unknown as { steps: Step[] };
    return steps.map(({ name, did, because }) => `${name} ${did}${because ? ` because ${because}` : ''}`);
  };
  const edit = (from: string, to: string) => {
    const text = readFileSync(path, 'utf8').replace(`ROUND = ${round};`, `ROUND = ${++round};`);
    expect(text).toContain(from);
    writeFileSync(path, text.replace(from, to));
    return steps();
  };

  const run = project.start(['--watch']);
  const tooEarly = run.ended.then((status) => [`Vitest ended with ${status}`, run.output]);
  expect(await Promise.race([steps(), tooEarly])).toEqual([
    'begun executed because it was never saved',
    'stopped executed because it was never saved',
  ]);
  // A comment, layout, the test itself: nothing of what the checkpoints depend on.
  expect(await edit("test('gets there'", "// what a boot comes to\n\ntest( 'gets there'")).toEqual([
    'stopped restored',
  ]);
  expect(await edit("'No bootable device';", "'No bootable device'.trim();")).toEqual([
    'begun restored',
    expect.stringMatching(/^stopped executed because its step changed \(.*const SECOND.*\)$/),
  ]);
  expect(await edit('from: begun', 'from: begun, inputs: { version: 3 }')).toEqual([
    'begun restored',
    'stopped executed because its inputs.version changed',
  ]);
  expect(await edit('memoryMiB: 32', 'memoryMiB: 33')).toEqual([
    'begun executed because the machine changed (machine.memoryMiB)',
    'stopped executed because checkpoint "begun", which it starts from, changed',
  ]);
});
