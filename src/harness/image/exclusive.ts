/**
 * Locks between processes, held by the kernel: flock(1) in a child that lives as long as its standard input is open.
 * When we end, however we end, that pipe closes and the lock is free: there are no stale locks, no times to guess
 * and nothing to poll.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AbortError, HostError } from '../../errors.ts';
import { requireProgram } from '../host/programs.ts';
import { identify } from '../runner/process-identity.ts';
import { cacheFolder, type ImageHome } from './image-home.ts';

/** Our own choice for flock's --conflict-exit-code: somebody else holds the lock. */
const CONFLICT = 75;

interface LockOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called once if somebody else holds the lock, with what is known about them. */
  readonly onWait?: (owner: string) => void;
  /** Any number may hold it so at once, as long as nobody holds it for itself. */
  readonly shared?: boolean;
}

/**
 * Waits for the lock and holds it until it is disposed.
 * @throws AbortError when the signal comes first; HostError when flock cannot lock (a cache that can't be written).
 */
export async function lock(
  home: ImageHome,
  name: string,
  options: LockOptions = {},
): Promise<AsyncDisposable> {
  const folder = cacheFolder.locks(home);
  await mkdir(folder, { recursive: true });
  const path = join(folder, name);
  const mode = options.shared ? ['--shared'] : [];
  let holder = await hold(path, [...mode, '--nonblock'], options.signal);
  if (!holder) {
    options.onWait?.(await describeOwner(path));
    holder = await hold(path, mode, options.signal);
  }
  if (!holder) throw new HostError('DOMES_LOCK', `flock could not lock ${path}`);
  if (!options.shared) await writeOwner(path);
  return release(holder);
}

/** The lock if it is free right now, else undefined. */
export async function tryLock(home: ImageHome, name: string): Promise<AsyncDisposable | undefined> {
  const folder = cacheFolder.locks(home);
  await mkdir(folder, { recursive: true });
  const holder = await hold(join(folder, name), ['--nonblock'], undefined);
  return holder && release(holder);
}

/** Starts flock; resolves when it has the lock, to undefined when there is a conflict. */
async function hold(path: string, mode: string[], signal?: AbortSignal): Promise<ChildProcess | undefined> {
  if (signal?.aborted) throw new AbortError('the run was cancelled');
  // In a session of its own: Ctrl-C at the terminal must not free the lock while we are still cleaning up.
  const child = spawn(
    requireProgram('flock'),
    [...mode, '--conflict-exit-code', String(CONFLICT), path, 'sh', '-c', 'echo held; exec cat >&2'],
    { stdio: ['pipe', 'pipe', 'pipe'], detached: true },
  );
  child.stdin?.on('error', () => {});
  const stop = () => child.kill();
  signal?.addEventListener('abort', stop, { once: true });
  let words = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    words += text;
  });
  const ending = await new Promise<'held' | number | Error>((resolve) => {
    child.stdout?.once('data', () => resolve('held'));
    child.once('close', (code) => resolve(code ?? -1));
    child.once('error', resolve);
  });
  signal?.removeEventListener('abort', stop);
  if (ending === 'held') return child;
  if (signal?.aborted) throw new AbortError('the run was cancelled while waiting for a lock');
  if (ending === CONFLICT) return undefined;
  const why = ending instanceof Error ? ending.message : words.trim();
  throw new HostError('DOMES_LOCK', `cannot lock ${path}: ${why}`);
}

function release(holder: ChildProcess): AsyncDisposable {
  const gone = new Promise<void>((resolve) => holder.once('close', () => resolve()));
  return {
    async [Symbol.asyncDispose]() {
      // End of input ends `cat`, and flock with it.
      holder.stdin?.end();
      await gone;
    },
  };
}

/** For people who wait: who holds the lock. The lock itself does not depend on it. */
async function writeOwner(path: string): Promise<void> {
  const owner = { ...identify(process.pid), since: new Date().toISOString() };
  await writeFile(path, `${JSON.stringify(owner)}\n`);
}

async function describeOwner(path: string): Promise<string> {
  try {
    const owner = JSON.parse(await readFile(path, 'utf8')) as { pid: number; since: string };
    return `process ${Number(owner.pid)}, since ${new Date(owner.since).toLocaleTimeString('en-GB')}`;
  } catch {
    return 'another process';
  }
}
