/** Saving and restoring real machines with a small guest of their own. */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { compressSnapshot } from './at-rest.ts';
import { ask, fill, filled } from './fixtures/disk-guest.ts';
import { digests, SnapshotBench } from './fixtures/snapshot-bench.ts';
import { readSnapshot } from './snapshot.ts';
import { takeSnapshot } from './take-snapshot.ts';

// Patience for a busy host; a test takes a second or two.
vi.setConfig({ testTimeout: 60_000 });

let bench: SnapshotBench;
beforeEach(() => {
  vi.stubEnv('DOMES_ACCELERATOR', 'tcg');
  bench = new SnapshotBench();
});
afterEach(async () => {
  await bench[Symbol.asyncDispose]();
  vi.unstubAllEnvs();
});

describe.each(['template', 'vmstate'] as const)('a snapshot of the kind %s', (kind) => {
  test('lets the machine go on: disk, memory, clock, transcript and waits', async () => {
    const machine = await bench.boot();
    await fill(machine, 0, 'a');
    await ask(machine, 'm-x');
    const milestone = machine.console('firmware').expect('never printed', { timeout: 60_000 });
    const ended = vi.fn();
    milestone.catch(ended);

    const snapshot = await takeSnapshot(machine, bench.made('half'), { kind });
    const { clockMs } = snapshot.record.memento;
    expect(machine.clock()).toBe(clockMs);
    await machine.goOn(snapshot);
    await snapshot.moveTo(bench.place('snapshot'));

    expect(await filled(machine, 0, 1)).toBe('a');
    expect(await ask(machine, 'g--')).toBe('x');
    expect(await ask(machine, 't--')).toBe('ok');
    expect(machine.clock()).toBeGreaterThan(clockMs);
    expect(ended).not.toHaveBeenCalled();
    expect(machine.emulation.processes).toHaveLength(2);
    await machine[Symbol.asyncDispose]();
    await expect(milestone).rejects.toMatchObject({ name: 'EndOfStreamError' });
  });

  test('is restored with what the machine knew; what was unread is unread', async () => {
    const machine = await bench.boot();
    await machine.console().sendLine('m-y');
    await machine.console('firmware').untilQuiet();
    await machine.console().untilQuiet();
    const folder = bench.made('snapshot');
    await takeSnapshot(machine, folder, { kind });
    await machine[Symbol.asyncDispose]();

    const { machine: restored } = await bench.restore(folder, { label: 'the end' });
    const [then, now] = [machine.console(), restored.console()];
    expect(now.transcript.text(0)).toBe(then.transcript.text(0));
    expect(now.cursor).toBe(then.cursor);
    expect(now.typing).toEqual(then.typing);
    // The echo is not taken for the guest's word, in this process as little as in the one before.
    expect((await now.expectOneOf({ echo: 'm-y', answer: 'ok' })).is).toBe('answer');
    await now.expect('> ');
    expect(await ask(restored, 'g--')).toBe('y');
    expect(restored.restoredFrom).toMatchObject({ name: 'the end', kind, atMs: machine.clock() });
    expect(restored.clock()).toBeGreaterThan(machine.clock());
    expect(restored.milestones.records()).toMatchObject([{ name: 'firmware', restored: true }]);
    expect(restored.milestones.get('firmware')?.atMs).toBe(machine.milestones.get('firmware')?.atMs);
  });

  test('can be one of a chain: nothing of a parent changes, and no child needs it', async () => {
    const machine = await bench.boot();
    const folders: string[] = [];
    const before: unknown[] = [];
    for (const [first, second] of [
      ['a', 'x'],
      [' b', ' y'],
      ['c c', '  z'],
    ] as const) {
      await fill(machine, 0, first);
      await fill(machine, 1, second);
      const snapshot = await takeSnapshot(machine, bench.made('half'), { kind });
      await machine.goOn(snapshot, { ramFile: bench.place('ram') });
      await snapshot.moveTo(bench.place('snapshot'));
      folders.push(snapshot.folder);
      before.push(digests(snapshot.folder));
    }
    await fill(machine, 0, 'ddd');

    const held = async (folder: string) => {
      const { machine: restored } = await bench.restore(folder);
      const disks = [await filled(restored, 0, 3), await filled(restored, 1, 3)];
      await restored[Symbol.asyncDispose]();
      return disks.join(' ');
    };
    expect([await held(folders[0] as string), await held(folders[1] as string)]).toEqual([
      'a.. x..',
      'ab. xy.',
    ]);
    expect(folders.map(digests)).toEqual(before);
    for (const folder of folders.slice(0, 2)) rmSync(folder, { recursive: true });
    expect(await held(folders[2] as string)).toBe('cbc xyz');
    expect(await filled(machine, 0, 3)).toBe('ddd');
  });

  test('is restored after it was compressed, by two at once', async () => {
    const machine = await bench.boot();
    await fill(machine, 1, 'q');
    const folder = bench.made('snapshot');
    const snapshot = await takeSnapshot(machine, folder, { kind });
    const large = await snapshot.allocatedBytes();
    await compressSnapshot(snapshot);
    expect(await (await readSnapshot(folder)).allocatedBytes()).toBeLessThan(large / 2);

    const two = await Promise.all([bench.restore(folder), bench.restore(folder)]);
    for (const one of two) expect(await filled(one.machine, 1, 1)).toBe('q');
    expect(readdirSync(folder).filter((name) => /\.(?:zst|tmp)$/.test(name))).toEqual([]);
  });
});

test('forks run side by side, each with a disk and a memory of its own', async () => {
  const machine = await bench.boot();
  await fill(machine, 0, 'a');
  const folder = bench.made('snapshot');
  await takeSnapshot(machine, folder, { kind: 'template' });
  const before = digests(folder);

  const forks = await Promise.all(['p', 'q', 'r', 's'].map(() => bench.restore(folder)));
  for (const [index, fork] of forks.entries()) {
    await fill(fork.machine, 0, ` ${index}`);
    await ask(fork.machine, `m-${index}`);
  }
  for (const [index, fork] of forks.entries()) {
    expect(await filled(fork.machine, 0, 2)).toBe(`a${index}`);
    expect(await ask(fork.machine, 'g--')).toBe(String(index));
  }
  expect(digests(folder)).toEqual(before);
});

test('a restored machine that has its memory in a file can be saved in its turn', async () => {
  const machine = await bench.boot();
  const first = bench.made('snapshot');
  await takeSnapshot(machine, first, { kind: 'template' });
  const before = digests(first);
  const { machine: child } = await bench.restore(first, { ramFile: bench.place('ram') });
  await fill(child, 0, 'k');
  await ask(child, 'm-k');
  const second = bench.made('snapshot');
  await takeSnapshot(child, second, { kind: 'template' });
  const { machine: last } = await bench.restore(second);
  expect([await filled(last, 0, 1), await ask(last, 'g--')]).toEqual(['k', 'k']);
  expect(last.clock()).toBeGreaterThan(child.clock());
  expect(digests(first)).toEqual(before);
});

describe('a machine that can not be saved runs on', () => {
  test('when its memory is not in a file', async () => {
    const machine = await bench.boot({ hasRamFile: false });
    await expect(takeSnapshot(machine, bench.made('snapshot'), { kind: 'template' })).rejects.toMatchObject({
      name: 'ScenarioError',
      summary: 'machine "small" can\'t be saved now: its memory is not in a file',
    });
    expect(await ask(machine, 't--')).toBe('ok');
  });

  test('when a disk of it can not hold a state; it can be saved as a template', async () => {
    const machine = await bench.boot({ isSecondRaw: true });
    await expect(takeSnapshot(machine, bench.made('snapshot'), { kind: 'vmstate' })).rejects.toThrow(
      /^machine "small" can't be saved now: its disk .*blank.raw is not qcow2/,
    );
    await fill(machine, 1, 'r');
    const folder = bench.made('snapshot');
    await takeSnapshot(machine, folder, { kind: 'template' });
    const { machine: restored } = await bench.restore(folder);
    expect(await filled(restored, 1, 1)).toBe('r');
  });

  test('when somebody types at it', async () => {
    const machine = await bench.boot();
    const typing = machine.console().type('this is longer than a burst');
    await expect(takeSnapshot(machine, bench.made('snapshot'), { kind: 'template' })).rejects.toThrow(
      'console "console" is being typed at ("this is longer than a burst")',
    );
    await typing;
  });

  test('when the state can not be written, and can be saved somewhere else then', async () => {
    const machine = await bench.boot();
    const nowhere = join(bench.folder, 'nowhere');
    await expect(takeSnapshot(machine, nowhere, { kind: 'template' })).rejects.toThrow(/ENOENT/);
    expect(await ask(machine, 't--')).toBe('ok');
    const folder = bench.made('snapshot');
    await takeSnapshot(machine, folder, { kind: 'template' });
    const { machine: restored } = await bench.restore(folder);
    expect(await ask(restored, 't--')).toBe('ok');
  });
});
