import { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ScratchHome } from '../image/fixtures/scratch-home.ts';
import { PaperMechanics, type PaperStep, paperJourney } from './fixtures/paper-machine.ts';
import { reach } from './journey.ts';
import { type PruneWishes, pruneCheckpoints } from './prune.ts';
import { storeStanding } from './standing.ts';
import { type Entry, listEntries } from './store/entry.ts';
import { keepWithin, makeRoom, roomOf } from './store/room.ts';
import { SCRATCH, storeFolder } from './store/store-folder.ts';

// Locks are programs; on a busy host each takes its time.
vi.setConfig({ testTimeout: 60_000 });

const HOUR_MS = 3_600_000;
const ROOMY: PruneWishes = { limit: 1e12 };

let home: ScratchHome;
beforeEach(() => {
  home = new ScratchHome().manifest({});
});
afterEach(() => home[Symbol.dispose]());

const CHAIN: readonly PaperStep[] = [{ name: 'login' }, { name: 'update' }, { name: 'xen' }];

async function store(steps: readonly PaperStep[] = CHAIN): Promise<void> {
  await using _ = await reach(paperJourney(home, steps));
}

/** What is stored, by name. */
async function stored(): Promise<Record<string, Entry>> {
  const { entries } = await listEntries(home);
  return Object.fromEntries(entries.map((entry) => [entry.note.name, entry]));
}

const folders = () =>
  readdirSync(storeFolder(home))
    .filter((name) => name !== SCRATCH)
    .map((name) => name.replace(/-[0-9a-f]{16}$/, ''))
    .sort();

function unusedFor(entry: Entry | undefined, ms: number): void {
  const then = new Date(Date.now() - ms);
  utimesSync(join((entry as Entry).folder, 'checkpoint.json'), then, then);
}

/** A promise and what resolves it. */
function signal(): [Promise<void>, () => void] {
  let resolveIt = () => {};
  const promise = new Promise<void>((resolve) => {
    resolveIt = resolve;
  });
  return [promise, resolveIt];
}

test('what is over the limit goes, the longest unused first; what is used stays', async () => {
  await store();
  const { login, update, xen } = await stored();
  unusedFor(login, 1 * HOUR_MS);
  unusedFor(update, 3 * HOUR_MS);
  unusedFor(xen, 2 * HOUR_MS);
  const { ofFolder, total } = await roomOf([login, update, xen].map((entry) => (entry as Entry).folder));
  expect(total).toBe([...ofFolder.values()].reduce((sum, bytes) => sum + bytes, 0));
  expect(await keepWithin(home, total)).toEqual([]);
  expect((await keepWithin(home, total - 1)).map(({ note }) => note.name)).toEqual(['update']);
  await using running = await reach(paperJourney(home, CHAIN));
  expect(running.machine.words).toEqual(['login', 'update', 'xen']);
  expect((await keepWithin(home, 0)).map(({ note }) => note.name)).toEqual(['login']);
  expect(folders()).toEqual(['xen']);
});

test('a restore makes it the latest used', async () => {
  await store();
  for (const entry of Object.values(await stored())) unusedFor(entry, HOUR_MS);
  await store(CHAIN.slice(0, 2));
  expect((await listEntries(home)).entries[0]?.note.name).toBe('update');
});

test('prune takes what no run would restore, and says why', async () => {
  await store();
  const { checkpoints } = await storeStanding(home);
  expect(checkpoints).toHaveLength(3);
  for (const { stale } of checkpoints) {
    expect(stale).toContain('image paper is not there');
    expect(stale).toContain('scenarios/paper.test.ts is gone');
  }
  const planned = await pruneCheckpoints(home, ROOMY, { dryRun: true });
  expect(planned.map(({ name, inUse }) => [name, inUse])).toHaveLength(3);
  expect(folders()).toEqual(['login', 'update', 'xen']);
  const pruned = await pruneCheckpoints(home, ROOMY);
  expect(pruned[0]?.because).toContain('scenarios/paper.test.ts is gone');
  expect(folders()).toEqual([]);
});

test('only those that were named', async () => {
  await store();
  const { checkpoints } = await storeStanding(home);
  const only = new Set(checkpoints.filter(({ entry }) => entry.note.name === 'update'));
  expect((await pruneCheckpoints(home, { ...ROOMY, only })).map(({ name }) => name)).toEqual(['update']);
  expect(folders()).toEqual(['login', 'xen']);
});

test('a machine that runs from one keeps it', async () => {
  await store();
  await using _ = await reach(paperJourney(home, CHAIN));
  const pruned = await pruneCheckpoints(home, { ...ROOMY, all: true });
  expect(pruned.filter(({ inUse }) => inUse).map(({ name }) => name)).toEqual(['xen']);
  expect(folders()).toEqual(['xen']);
});

test('one that is being made is not in the way, nor is it taken', async () => {
  const [gate, open] = signal();
  const [begun, begin] = signal();
  const mechanics = new PaperMechanics((phase) => {
    if (phase !== 'half saved') return;
    begin();
    return gate;
  });
  const making = reach(paperJourney(home, CHAIN.slice(0, 1), { mechanics }));
  await begun;
  expect(await pruneCheckpoints(home, { ...ROOMY, all: true })).toEqual([]);
  open();
  await using arrival = await making;
  expect(arrival.machine.words).toEqual(['login']);
  expect(folders()).toEqual(['login']);
});

test('what nobody knows any more goes too', async () => {
  await store();
  const broken = join(storeFolder(home), 'stray-0123456789abcdef');
  mkdirSync(broken);
  writeFileSync(join(broken, 'ram.img'), 'x');
  const pruned = await pruneCheckpoints(home, ROOMY);
  expect(pruned.find(({ folder }) => folder === broken)).toMatchObject({
    because: 'checkpoint.json: ENOENT',
  });
  expect(folders()).toEqual([]);
});

test('a disk that is nearly full: the unused go, and what there is no room for is not saved', async () => {
  await store();
  expect(await makeRoom(home, 1)).toBeUndefined();
  expect(folders()).toEqual(['login', 'update', 'xen']);
  await using _ = await reach(paperJourney(home, CHAIN));
  expect(await makeRoom(home, 2 ** 60)).toMatch(/^\S+\/checkpoints has only [\d.]+ GB free$/);
  expect(folders()).toEqual(['xen']);
});
