import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CapsuleError, ScenarioError } from '../../errors.ts';
import { CapsuleRecord } from './capsule-record.ts';
import type { Capsule } from './open-capsule.ts';
import { replayCapsule } from './replay-run.ts';
import { requireSaveable, savedPlace } from './saved-place.ts';
import { capsuleRecord } from './testing/capsule-record.ts';

const milestone = { console: 'console', atMs: 1, stage: 'kernel' as const, bytes: 1, sha256: 'a'.repeat(64) };
const record = CapsuleRecord.parse({
  ...capsuleRecord(),
  milestones: [
    { ...milestone, name: 'hypervisor', instruction: 100 },
    { ...milestone, name: 'kernel', instruction: 700 },
  ],
});
let capsule: Capsule;

beforeEach(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'domes-places-'));
  capsule = { folder, record, consoles: new Map() };
});
afterEach(async () => {
  for (const folder of [capsule.folder, `${capsule.folder}.places`])
    await rm(folder, { recursive: true, force: true });
});

describe('a place of a replay', () => {
  test('that was not saved is answered with the command that saves it', async () => {
    const refused = await savedPlace(capsule, 'kernel').catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(CapsuleError);
    expect((refused as Error).message).toContain(`npx domes replay ${capsule.folder} --until kernel --save`);
  });

  test('that was saved of another recording is refused', async () => {
    await mkdir(`${capsule.folder}.places`);
    const other = { schema: 1, recording: 'other', consoles: {} };
    await writeFile(join(`${capsule.folder}.places`, 'kernel.json'), JSON.stringify(other));
    await expect(savedPlace(capsule, 'kernel')).rejects.toThrow(/saved of another recording/);
  });

  test.each([
    ['virtio consoles', ['-device', 'virtio-serial-pci'], /virtio consoles/],
    ['disks', ['-drive', 'driver=blkreplay,if=none,image=disk0-image,id=disk0'], /disks/],
  ])('of a machine with %s can not be saved, and the reason is said', (_, argv, reason) => {
    expect(() => requireSaveable({ ...record, argv: [...record.argv, ...argv] })).toThrow(reason);
  });

  test.each([
    ['saving without a place', { save: true }],
    ['saving on the way from another place', { save: true, until: 'kernel', from: 'hypervisor' }],
    ['stopping before the beginning', { until: 'hypervisor', from: 'kernel' }],
  ])('%s is refused before anything starts', async (_, wishes) => {
    await expect(replayCapsule(capsule, wishes)).rejects.toBeInstanceOf(ScenarioError);
  });
});
