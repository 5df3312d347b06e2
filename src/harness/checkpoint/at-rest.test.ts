/** Stored checkpoints while nobody uses them; with the real Vitest and a real QEMU. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { ScenarioProject } from '../runner/fixtures/scenario-project.ts';
import { compressResting, syncStored } from './at-rest.ts';
import { listEntries } from './store/entry.ts';

const moduleCache = mkdtempSync(join(tmpdir(), 'domes-modules-'));
afterAll(() => rmSync(moduleCache, { recursive: true, force: true }));

const index = JSON.stringify(join(import.meta.dirname, '../index.ts'));

const SCENARIO = `
import { checkpoint } from ${index};
const begun = checkpoint(
  'begun',
  { image: 'slim-dom0', launch: { machine: { name: 'empty', memoryMiB: 32 } } },
  async (machine) => {
    await machine.console('firmware').expect('SeaBIOS');
  },
);
test('gets there', async ({ resume, task }) => {
  await resume(begun);
  tell('did', { steps: task.meta.domes.checkpoints });
});
`;

test('synced, compressed, and restored from that', { timeout: 120_000 }, async () => {
  await using project = new ScenarioProject({ rests: SCENARIO }, moduleCache);
  const home = { root: project.root, cacheDir: join(project.root, 'cache'), env: process.env };
  const did = async () => {
    const run = project.start(['run']);
    expect(await run.ended, run.output).toBe(0);
    const { steps } = (await project.told('did')) as unknown as { steps: { did: string; tookMs: number }[] };
    return steps.map((step) => step.did);
  };
  expect(await did()).toEqual(['executed']);

  const [entry] = (await listEntries(home)).entries;
  const folder = entry?.folder ?? '';
  const recorded = () => JSON.parse(readFileSync(join(folder, 'snapshot.json'), 'utf8'));
  expect(recorded()).toHaveProperty('unsafeSinceBoot');
  // As another version of domes would have it: that one's to look after.
  const whole = recorded();
  writeFileSync(join(folder, 'snapshot.json'), JSON.stringify({ ...whole, later: true }));
  await syncStored(home, entry ? [entry] : []);
  expect(await compressResting(home, { unusedForMs: 0 })).toBe(0);
  writeFileSync(join(folder, 'snapshot.json'), JSON.stringify(whole));
  await syncStored(home, entry ? [entry] : []);
  expect(recorded()).not.toHaveProperty('unsafeSinceBoot');

  expect(await compressResting(home, { unusedForMs: 3_600_000 })).toBe(0);
  expect(await compressResting(home, { unusedForMs: 0 })).toBeGreaterThan(0);
  expect(existsSync(join(folder, 'ram.img'))).toBe(false);
  // Once is enough.
  expect(await compressResting(home, { unusedForMs: 0 })).toBe(0);

  expect(await did()).toEqual(['restored']);
  expect(existsSync(join(folder, 'ram.img'))).toBe(true);
});
