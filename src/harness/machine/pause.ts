/** A pause: the machine runs on and waits for a person, who gets in by `npx domes attach` and ends it. */
import { existsSync, rmSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ScenarioError } from '../../errors.ts';
import type { Machine } from './machine.ts';

/** In the machine's folder: its being there means that the person is done. */
const RESUME_FILE = 'resume';

/** Ends the pause of the machine with this folder. @throws the file system's own error when it is gone. */
export function askToResume(folder: string): void {
  writeFileSync(join(folder, RESUME_FILE), '');
}

/**
 * Keeps a machine until a person says to go on, its QEMU ends, or the signal comes. Never throws.
 * @param why in words, for the person.
 */
export async function untilResumed(machine: Machine, why: string, signal: AbortSignal): Promise<void> {
  const { runFolder, card } = machine;
  if (runFolder === undefined || machine.emulation.exit || signal.aborted) return;
  const file = join(runFolder, RESUME_FILE);
  rmSync(file, { force: true });
  card.paused = why;
  let stop = () => {};
  try {
    await new Promise<void>((resolve) => {
      const watcher = watch(runFolder, () => {
        if (existsSync(file)) resolve();
      });
      stop = () => watcher.close();
      watcher.on('error', () => resolve());
      signal.addEventListener('abort', () => resolve(), { once: true });
      void machine.emulation.qemu.exited.then(() => resolve());
    });
  } catch {
    // The host has no room for another watch: nobody could end the pause.
  }
  stop();
  card.paused = undefined;
}

/**
 * Whether a machine is kept when its test has failed (`DOMES_PAUSE=on-failure`).
 * @throws ScenarioError for another word.
 */
export function isKeptOnFailure({ DOMES_PAUSE: asked }: NodeJS.ProcessEnv): boolean {
  if (!asked) return false;
  if (asked === 'on-failure') return true;
  throw new ScenarioError(`DOMES_PAUSE is "${asked}": expected on-failure`);
}
