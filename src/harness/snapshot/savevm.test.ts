/** States inside a machine's disks: savevm and loadvm. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ask, fill, filled } from './fixtures/disk-guest.ts';
import { SnapshotBench } from './fixtures/snapshot-bench.ts';
import { takeSnapshot } from './take-snapshot.ts';

vi.setConfig({ testTimeout: 60_000 });

let bench: SnapshotBench;
beforeEach(() => {
  bench = new SnapshotBench();
});
afterEach(() => bench[Symbol.asyncDispose]());

test('a machine goes back to what it saved, as often as one likes: disks, memory, and what it had reached', async () => {
  const machine = await bench.boot({ hasRamFile: false });
  await fill(machine, 0, 'a');
  await fill(machine, 1, 'b');
  await ask(machine, 'm-1');
  await machine.savevm('installed');
  expect(await ask(machine, 't--')).toBe('ok');
  machine.note('kernel', { console: 'console', evidence: 'a later one', atMs: machine.clock(), offset: 0 });

  for (const round of ['x', 'y']) {
    await fill(machine, 0, round);
    await fill(machine, 1, round);
    await ask(machine, `m-${round}`);
    await machine.console().sendLine('t--');
    const end = machine.console().transcript.end;

    await machine.loadvm('installed');
    expect(machine.console().cursor).toBeGreaterThanOrEqual(end);
    expect([await filled(machine, 0, 1), await filled(machine, 1, 1)]).toEqual(['a', 'b']);
    expect(await ask(machine, 'g--')).toBe('1');
    expect(machine.milestones.list().map(({ name }) => name)).toEqual(['firmware']);
  }
  expect(machine.emulation.processes).toHaveLength(3);
});

test('a machine goes back, also when the snapshot that it had gone on from was moved meanwhile', async () => {
  const machine = await bench.boot();
  await fill(machine, 0, 'a');
  const snapshot = await takeSnapshot(machine, bench.made('half'), { kind: 'template' });
  await machine.goOn(snapshot);
  await snapshot.moveTo(bench.place('whole'));
  await machine.savevm('installed');
  await fill(machine, 0, 'x');
  await machine.loadvm('installed');
  expect(await filled(machine, 0, 1)).toBe('a');
  expect(machine.spec.disks[0]?.backing?.[0]?.file).toContain(snapshot.folder);
});

test('a tag is never overwritten, and an unknown one costs nothing', async () => {
  const machine = await bench.boot({ hasRamFile: false });
  await machine.savevm('one');
  await expect(machine.savevm('one')).rejects.toMatchObject({
    name: 'ScenarioError',
    summary: 'there is a saved state "one" in the disks already',
  });
  await expect(machine.loadvm('two')).rejects.toMatchObject({
    name: 'ScenarioError',
    summary: 'machine "small" has no saved state "two" in its disks',
    facts: { probably: 'saved states: one' },
  });
  expect(await ask(machine, 't--')).toBe('ok');
  expect(machine.emulation.processes).toHaveLength(1);
});

test("a save that fails says so in QEMU's words, and the machine runs on", async () => {
  const machine = await bench.boot({ isSecondRaw: true });
  await expect(machine.savevm('one')).rejects.toMatchObject({
    name: 'QmpError',
    command: 'snapshot-save',
    summary: expect.stringMatching(
      /^QMP snapshot-save: Device 'disk1.*' is writable but does not support snapshots/,
    ),
  });
  expect(await ask(machine, 't--')).toBe('ok');
});
