/**
 * The data of the report: scripts beside the page that call functions with JSON, loaded when they are needed. A page
 * from disk can't fetch.
 */
import type { TextChunk } from '../console-text.ts';
import type { PageFunction } from '../page-call.ts';
import type { ConsoleView, RunView, ScenarioView } from '../view.ts';

/** Chunks of large consoles that are held; each has some 256 KB. */
const HELD_CHUNKS = 48;

export type CastEvent = readonly [intervalSeconds: number, code: string, text: string] | object;

const folder = document.documentElement.dataset.folder ?? '';
const loading = new Map<string, Promise<void>>();
const scenarios = new Map<string, ScenarioView>();
const chunks = new Map<string, TextChunk>();
const held: string[] = [];
const casts = new Map<string, readonly CastEvent[]>();
let gotRun: (run: RunView) => void;

/** Resolves when the overview is there. */
export const run = new Promise<RunView>((resolve) => {
  gotRun = resolve;
});

const receivers: Record<PageFunction, (...values: never[]) => void> = {
  run: (view: RunView) => gotRun(view),
  scenario: (key: string, view: ScenarioView) => scenarios.set(key, view),
  chunk: (key: string, index: number, chunk: TextChunk) => chunks.set(`${key}-${index}`, chunk),
  cast: (key: string, events: readonly CastEvent[]) => casts.set(key, events),
};
Object.assign(globalThis, { domes: receivers });

/** Loads a script that is beside the page. @throws Error when it is not there. */
export function loadScript(name: string): Promise<void> {
  const known = loading.get(name);
  if (known) return known;
  const promise = new Promise<void>((resolve, reject) => {
    const script = document.createElement('script');
    script.src = `${folder}/${name}`;
    script.onload = () => resolve();
    script.onerror = () => {
      loading.delete(name);
      reject(new Error(`${script.src} is not there; was the report written anew? Reload the page.`));
    };
    document.head.append(script);
    script.addEventListener('load', () => script.remove());
  });
  loading.set(name, promise);
  return promise;
}

export function loadStyle(name: string): void {
  if (document.querySelector(`link[href$="/${name}"]`)) return;
  const link = document.createElement('link');
  link.rel = 'stylesheet';
  link.href = `${folder}/${name}`;
  // Before the page's own style, which overrides the player's.
  document.head.prepend(link);
}

export async function scenarioOf(key: string): Promise<ScenarioView | undefined> {
  await loadScript(`${key}.js`);
  return scenarios.get(key);
}

/** A chunk that is in memory. */
export function heldChunk({ key }: ConsoleView, index: number): TextChunk | undefined {
  return chunks.get(`${key}-${index}`);
}

export async function chunkOf(console: ConsoleView, index: number): Promise<TextChunk | undefined> {
  const name = `${console.key}-${index}`;
  if (!console.apart || chunks.has(name)) return chunks.get(name);
  await loadScript(`${name}.js`);
  const chunk = chunks.get(name);
  held.push(name);
  while (held.length > HELD_CHUNKS) {
    const oldest = held.shift() as string;
    chunks.delete(oldest);
    loading.delete(`${oldest}.js`);
  }
  return chunk;
}

export async function castOf(console: ConsoleView): Promise<readonly CastEvent[] | undefined> {
  if (console.apart) await loadScript(`${console.key}-cast.js`);
  return casts.get(console.key);
}
