import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { AbortError, GuestError, HostError } from '../../errors.ts';
import { ScratchHome } from '../image/fixtures/scratch-home.ts';
import { type PaperStep, paperJourney, paperPlan } from './fixtures/paper-machine.ts';
import { reach, reachAnew, type StepRecord } from './journey.ts';
import { discard } from './store/change-store.ts';
import { listEntries } from './store/entry.ts';
import { entryFolder, SCRATCH, storeFolder } from './store/store-folder.ts';

// Locks are programs; on a busy host each takes its time.
vi.setConfig({ testTimeout: 60_000 });

let home: ScratchHome;
beforeEach(() => {
  home = new ScratchHome();
});
afterEach(() => home[Symbol.dispose]());

const CHAIN: readonly PaperStep[] = [{ name: 'login' }, { name: 'update' }, { name: 'xen' }];

/** The chain with one step changed. */
function changed(name: string, change: Partial<PaperStep>): PaperStep[] {
  return CHAIN.map((step) => (step.name === name ? { ...step, ...change } : step));
}

type Change = Parameters<typeof paperJourney>[2];

async function go(steps: readonly PaperStep[], change?: Change) {
  const journey = paperJourney(home, steps, change);
  await using arrival = await reach(journey);
  const { asked } = journey.mechanics;
  return {
    words: arrival.machine.words.join(' '),
    told: journey.records.map(told),
    asked,
    said: journey.said,
  };
}

function told({ name, did, because, notSaved }: StepRecord): string {
  const why = because === undefined ? '' : ` because ${because}`;
  return `${name} ${did}${why}${notSaved === undefined ? '' : `, not saved: ${notSaved}`}`;
}

const stored = async () => (await listEntries(home)).entries.map(({ note }) => note.name).sort();
const leftovers = () =>
  readdirSync(join(storeFolder(home), SCRATCH)).flatMap((runner) =>
    readdirSync(join(storeFolder(home), SCRATCH, runner)).filter((name) => name !== 'owner.json'),
  );

test('cold: every step is executed and saved; warm: the last one is restored', async () => {
  const cold = await go(CHAIN);
  expect(cold.words).toBe('login update xen');
  expect(cold.told).toEqual(CHAIN.map(({ name }) => `${name} executed because it was never saved`));
  expect(cold.asked).toEqual(['launch', 'save', 'save', 'save']);
  expect(await stored()).toEqual(['login', 'update', 'xen']);
  expect(leftovers()).toEqual([]);

  const warm = await go(CHAIN);
  expect(warm.words).toBe('login update xen');
  expect(warm.told).toEqual(['xen restored']);
  expect(warm.asked).toEqual(['restore xen']);
});

test('an edited step is executed again, and what follows; what comes before is restored', async () => {
  await go(CHAIN);
  const { words, told } = await go(changed('update', { word: 'upgrade' }));
  expect(words).toBe('login upgrade xen');
  expect(told).toEqual([
    'login restored',
    'update executed because its step changed (step update changed)',
    'xen executed because checkpoint "update", which it starts from, changed',
  ]);
  // Back to what it was, as after a change of branch: still there.
  expect((await go(CHAIN)).told).toEqual(['xen restored']);
});

test.each<[Partial<PaperStep>, string]>([
  [{ start: { qemu: '8.0' } }, 'QEMU is 8.0, and was 7.2'],
  [{ start: { image: 'j' } }, 'the image changed'],
  [{ start: { machine: { cpu: 'max' } } }, 'the machine changed (machine.cpu)'],
  [{ start: { argv: ['-icount'] } }, "QEMU's arguments changed (-icount)"],
  [{ inputs: { deep: { version: 3 } } }, 'its inputs.deep changed'],
  [{ kind: 'vmstate' }, 'it is saved as vmstate, and was as template'],
])('a root is executed again, and says why: %j', async (change, why) => {
  await go(CHAIN.slice(0, 1));
  expect((await go(changed('login', change).slice(0, 1))).told).toEqual([`login executed because ${why}`]);
});

test('a missing one in the middle is not needed', async () => {
  await go(CHAIN);
  const [, update] = paperPlan(CHAIN);
  await discard(home, update?.note as { name: string; key: string });
  expect((await go(CHAIN)).told).toEqual(['xen restored']);
});

test('a step that throws leaves nothing, its machine ends, and what came before stays', async () => {
  const mechanics = paperJourney(home, CHAIN).mechanics;
  const failing = changed('update', {
    execute: (machine) => {
      machine.words.push('half');
      throw new GuestError('DOMES_TEST', 'no such package');
    },
  });
  await expect(go(failing, { mechanics })).rejects.toThrow('no such package');
  expect(await stored()).toEqual(['login']);
  expect(mechanics.machines.map(({ isEnded }) => isEnded)).toEqual([true]);
  expect((await go(CHAIN)).words).toBe('login update xen');
});

test('what can not be restored is taken away, said, and made again', async () => {
  await go(CHAIN);
  const { mechanics } = paperJourney(home, CHAIN);
  mechanics.brokenRestore = 'xen';
  const { told, words } = await go(CHAIN, { mechanics });
  expect(words).toBe('login update xen');
  expect(told).toEqual([
    'update restored',
    'xen executed because it could not be restored: the paper is torn',
  ]);
  expect((await go(CHAIN)).told).toEqual(['xen restored']);
});

test('damage that is seen before the restore', async () => {
  await go(CHAIN);
  const [, , xen] = paperPlan(CHAIN);
  writeFileSync(
    join(entryFolder(home, xen?.note as { name: string; key: string }), 'checkpoint.json'),
    '{"half":',
  );
  expect((await go(CHAIN)).told).toEqual([
    'update restored',
    'xen executed because what was stored is damaged: checkpoint.json is not what domes wrote',
  ]);
  expect((await go(CHAIN)).told).toEqual(['xen restored']);
});

test('while machines run from what is stored it stays, and who can not use it goes its own way', async () => {
  await using running = await reach(paperJourney(home, CHAIN));
  const [, , xen] = paperPlan(CHAIN);
  expect(await discard(home, xen?.note as { name: string; key: string })).toBe(false);
  const { mechanics } = paperJourney(home, CHAIN);
  mechanics.brokenRestore = 'xen';
  expect((await go(CHAIN, { mechanics })).told).toEqual([
    'update restored',
    'xen executed because it could not be restored: the paper is torn, not saved: machines still run from the one that is stored',
  ]);
  expect(leftovers()).toEqual([]);
  expect((await go(CHAIN)).told).toEqual(['xen restored']);
  expect(running.machine.isEnded).toBe(false);
});

test('a save that is refused stops nobody; one that loses the machine does', async () => {
  const first = paperJourney(home, CHAIN);
  first.mechanics.refusedSave = 'the disk is full';
  await using arrival = await reach(first);
  expect(arrival.machine.words).toEqual(['login', 'update', 'xen']);
  expect(first.records.map(told)[2]).toBe(
    'xen executed because it was never saved, not saved: the disk is full',
  );
  const second = paperJourney(home, CHAIN);
  second.mechanics.lostInSave = true;
  await expect(reach(second)).rejects.toThrow(HostError);
  expect([await stored(), leftovers()]).toEqual([[], []]);
});

test('forks of one process: one makes it, the others wait for it and say so', async () => {
  const journeys = [1, 2, 3].map(() => paperJourney(home, CHAIN));
  const arrivals = await Promise.all(journeys.map(reach));
  expect(arrivals.map(({ machine }) => machine.words.join(' '))).toEqual(Array(3).fill('login update xen'));
  expect(new Set(arrivals.map(({ machine }) => machine)).size).toBe(3);
  const all = journeys.flatMap(({ records }) => records.map(told)).sort();
  expect(all.filter((line) => line.includes('executed'))).toHaveLength(3);
  expect(all.filter((line) => line === 'xen restored')).toHaveLength(2);
  const said = journeys.flatMap((journey) => journey.said);
  expect(said).toHaveLength(2);
  expect(said[0]).toMatch(
    /^checkpoint "xen" is being made by (process \d+, since .*|another process); waiting for it$/,
  );
  for (const arrival of arrivals) await arrival[Symbol.asyncDispose]();
});

test('siblings that start from the same checkpoint: it is made once', async () => {
  const a = paperJourney(home, [CHAIN[0] as PaperStep, { name: 'a' }]);
  const b = paperJourney(home, [CHAIN[0] as PaperStep, { name: 'b' }]);
  const arrivals = await Promise.all([reach(a), reach(b)]);
  expect([...a.mechanics.asked, ...b.mechanics.asked].filter((word) => word === 'launch')).toHaveLength(1);
  for (const arrival of arrivals) await arrival[Symbol.asyncDispose]();
});

test('a cold run restores only what it has made itself', async () => {
  await go(CHAIN);
  const nightly: Change = { mode: 'cold', run: 'run-2' };
  expect((await go(CHAIN, nightly)).told).toEqual(
    CHAIN.map(({ name }) => `${name} executed because this run starts cold`),
  );
  expect((await go(CHAIN, nightly)).told).toEqual(['xen restored']);
});

test('off: everything is executed, nothing stored, nothing read', async () => {
  await go(CHAIN);
  const { mechanics, records, noteStep } = paperJourney(home, CHAIN);
  const steps = paperPlan(CHAIN).map(({ note: { name }, execute }) => ({ name, execute }));
  await using arrival = await reachAnew({ mechanics, noteStep, steps, because: 'DOMES_CHECKPOINTS=off' });
  expect(arrival.machine.words).toEqual(['login', 'update', 'xen']);
  expect(mechanics.asked).toEqual(['launch']);
  expect(records.map(told)[0]).toBe('login executed because DOMES_CHECKPOINTS=off');
});

test('who waits can give up, and what is stored is not blamed for it', async () => {
  let open = () => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const slow = changed('xen', { execute: () => gate });
  const making = reach(paperJourney(home, slow));
  const controller = new AbortController();
  const waiting = reach(
    paperJourney(home, slow, { signal: controller.signal, say: () => controller.abort() }),
  );
  await expect(waiting).rejects.toThrow(AbortError);
  open();
  await using _ = await making;
  expect(existsSync(storeFolder(home))).toBe(true);
});
