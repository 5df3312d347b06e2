/**
 * The way to a checkpoint: from the wanted one back to the deepest that is stored, which is restored; from there on
 * each step is executed, and its state saved. Knows nothing of QEMU: see Mechanics.
 */
import { AbortError, DomesError, ScenarioError } from '../../errors.ts';
import type { ImageHome } from '../image/image-home.ts';
import type { CheckpointRecord } from '../report/record.ts';
import { Arrival } from './arrival.ts';
import { changesSince } from './changes.ts';
import type { Mechanics } from './mechanics.ts';
import type { CheckpointMode } from './mode.ts';
import { discard, put } from './store/change-store.ts';
import { type CheckpointNote, type Entry, lookUp, touchEntry } from './store/entry.ts';
import { lockForMaking, lockForUse } from './store/entry-lock.ts';
import { makeRoom } from './store/room.ts';
import { scratchFolder } from './store/store-folder.ts';

/** What is known of a checkpoint before its step is executed. */
export type PlannedNote = Omit<CheckpointNote, 'schema' | 'run' | 'createdAt' | 'stepTookMs'>;

export interface PlannedStep<M> {
  readonly note: PlannedNote;
  readonly execute: (machine: M) => unknown;
}

/** A step without a key: what it depends on need not be known. */
export interface AnonymousStep<M> {
  readonly name: string;
  readonly execute: (machine: M) => unknown;
}

export type StepRecord = Omit<CheckpointRecord, 'machine'>;

export interface Journey<M> {
  /** From the root to the wanted checkpoint. */
  readonly steps: readonly PlannedStep<M>[];
  readonly home: ImageHome;
  readonly mode: Exclude<CheckpointMode, 'off'>;
  /** The run of Vitest: what it has saved itself is good for it even when it starts cold. */
  readonly run: string;
  readonly mechanics: Mechanics<M>;
  readonly signal?: AbortSignal | undefined;
  /** Told what was done for each step, when it is done. */
  readonly noteStep: (record: StepRecord) => void;
  /** Told what is waited for. */
  readonly say: (sentence: string) => void;
}

/**
 * Brings a machine to the last of the steps.
 * @throws what a step throws, and nothing of it is saved; HostError when the machine is lost while it is saved;
 * AbortError.
 */
export function reach<M extends AsyncDisposable>(journey: Journey<M>): Promise<Arrival<M>> {
  return arriveAt(journey.steps.length - 1, { ...journey, refused: new Map() });
}

/** The same without a store: every step is executed. */
export async function reachAnew<M extends AsyncDisposable>({
  steps,
  mechanics,
  noteStep,
  because,
}: Pick<Journey<M>, 'mechanics' | 'noteStep'> & {
  readonly steps: readonly AnonymousStep<M>[];
  /** Why, in words. */
  readonly because: string;
}): Promise<Arrival<M>> {
  const arrival = new Arrival(await mechanics.launch(false));
  try {
    for (const { name, execute } of steps) {
      const startedAt = performance.now();
      await execute(arrival.machine);
      const tookMs = performance.now() - startedAt;
      noteStep({ name, did: 'executed', because, tookMs });
    }
    return arrival;
  } catch (error) {
    await arrival[Symbol.asyncDispose]().catch(() => {});
    throw error;
  }
}

interface Underway<M> extends Journey<M> {
  /** Key → why what is stored under it was not used. */
  readonly refused: Map<string, string>;
}

async function arriveAt<M extends AsyncDisposable>(index: number, way: Underway<M>): Promise<Arrival<M>> {
  const { note } = stepAt(way, index);
  const restored = await restore(index, way);
  if (restored) return restored;
  const askedAt = performance.now();
  let hasWaited = false;
  await using _ = await lockForMaking(way.home, note, {
    signal: way.signal,
    onWait: (owner) => {
      hasWaited = true;
      way.say(`checkpoint "${note.name}" is being made by ${owner}; waiting for it`);
    },
  });
  // Whoever had the lock before us may have made it.
  const made = await restore(index, way, hasWaited ? performance.now() - askedAt : undefined);
  // Awaited here: the lock is held until it is stored.
  return made ?? (await execute(index, way));
}

/** The machine from what is stored; undefined when there is nothing, or nothing good. */
async function restore<M extends AsyncDisposable>(
  index: number,
  way: Underway<M>,
  waitedMs?: number,
): Promise<Arrival<M> | undefined> {
  const { name, key } = stepAt(way, index).note;
  if (!(await usable(index, way))) return undefined;
  const startedAt = performance.now();
  const use = await lockForUse(way.home, { name, key }, way);
  let arrival: Arrival<M> | undefined;
  try {
    // It may have been taken away before we had the lock.
    const entry = await usable(index, way);
    if (!entry) return undefined;
    const machine = await way.mechanics.restore(entry.folder, name, isForTemplate(way, index + 1));
    arrival = new Arrival(machine, use);
    const tookMs = performance.now() - startedAt;
    way.noteStep({ name, key, did: 'restored', tookMs, ...(waitedMs !== undefined && { waitedMs }) });
    await touchEntry(entry);
    return arrival;
  } catch (error) {
    // Who cancels says nothing about what is stored.
    if (way.signal?.aborted || error instanceof AbortError || error instanceof ScenarioError) throw error;
    way.refused.set(key, `it could not be restored: ${summaryOf(error)}`);
  } finally {
    if (!arrival) await use[Symbol.asyncDispose]();
  }
  // Others would fail with it just so. Where machines still run from it, it stays until it can be replaced.
  await discard(way.home, { name, key });
  return undefined;
}

/** What is stored of a step, if this run may use it. */
async function usable<M>(index: number, way: Underway<M>): Promise<Entry | undefined> {
  const { note } = stepAt(way, index);
  if (way.refused.has(note.key)) return undefined;
  const state = await lookUp(way.home, note);
  if (state.is === 'damaged') way.refused.set(note.key, `what was stored is damaged: ${state.why}`);
  if (state.is !== 'stored') return undefined;
  return way.mode === 'cold' && state.entry.note.run !== way.run ? undefined : state.entry;
}

/** Executes a step and saves what it led to. The caller holds the lock on its making. */
async function execute<M extends AsyncDisposable>(index: number, way: Underway<M>): Promise<Arrival<M>> {
  const { note, execute } = stepAt(way, index);
  // Before the steps on the way there are saved: what was stored last is compared with.
  const because = await whyExecuted(index, way);
  const arrival =
    index > 0
      ? await arriveAt(index - 1, way)
      : new Arrival(await way.mechanics.launch(isForTemplate(way, 0)));
  try {
    const startedAt = performance.now();
    await execute(arrival.machine);
    const tookMs = performance.now() - startedAt;
    const notSaved = await save(index, way, { arrival, stepTookMs: tookMs });
    const savedMs = performance.now() - startedAt - tookMs;
    const { name, key } = note;
    way.noteStep({
      ...{ name, key, did: 'executed', because, tookMs },
      ...(notSaved === undefined ? { savedMs } : { notSaved }),
    });
    return arrival;
  } catch (error) {
    await arrival[Symbol.asyncDispose]().catch(() => {});
    throw error;
  }
}

/** Returns why the state was not stored, if it was not. */
async function save<M extends AsyncDisposable>(
  index: number,
  way: Underway<M>,
  { arrival, stepTookMs }: { arrival: Arrival<M>; stepTookMs: number },
): Promise<string | undefined> {
  const { note } = stepAt(way, index);
  const forTemplate = isForTemplate(way, index + 1);
  const noRoom = await makeRoom(way.home);
  if (noRoom !== undefined) return noRoom;
  const folder = await scratchFolder(way.home);
  let isLeft = true;
  try {
    const options = { kind: note.parts.kind, forTemplate };
    const saved = await way.mechanics.save(arrival.machine, folder.path, options);
    if (typeof saved === 'string') return saved;
    const use = await put(way.home, folder.path, {
      note: { schema: 1, ...note, run: way.run, createdAt: new Date().toISOString(), stepTookMs },
      move: (place) => saved.moveTo(place),
      signal: way.signal,
    });
    // The machine runs from what was saved, stored or not.
    isLeft = false;
    await arrival.runFrom(use ?? folder);
    return use ? undefined : 'machines still run from the one that is stored';
  } finally {
    if (isLeft) await folder[Symbol.asyncDispose]();
  }
}

async function whyExecuted<M>(index: number, way: Underway<M>): Promise<string> {
  const { note } = stepAt(way, index);
  const refused = way.refused.get(note.key);
  if (refused !== undefined) return refused;
  return way.mode === 'cold' ? 'this run starts cold' : changesSince(way.home, note);
}

/** Will a machine that starts with this step be saved as a template? Then its RAM must be a file from the start. */
function isForTemplate<M>({ steps }: Underway<M>, index: number): boolean {
  return steps[index]?.note.parts.kind === 'template';
}

function stepAt<M>({ steps }: Underway<M>, index: number): PlannedStep<M> {
  return steps[index] as PlannedStep<M>;
}

function summaryOf(error: unknown): string {
  if (error instanceof DomesError) return error.summary;
  return error instanceof Error ? error.message : String(error);
}
