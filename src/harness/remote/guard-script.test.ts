import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { findProgram } from '../host/programs.ts';
import { END_SCRIPT, GUARD_NAME, GUARD_SCRIPT, MARK, NEEDED } from './guard-script.ts';

let root: string;
const started: ChildProcess[] = [];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'domes-guard-'));
});
afterEach(() => {
  for (const child of started.splice(0)) killGroup(child);
  rmSync(root, { recursive: true, force: true });
});

/** What a guard has started as well. */
function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // All of it has ended.
  }
}

interface Started {
  readonly guard: ChildProcess;
  readonly folder: string;
  readonly lines: string[];
}

/** As an ssh server starts it: in a session of its own. */
async function start(shell: readonly string[], silenceS = 60): Promise<Started> {
  const [file, ...args] = [...shell, '-c', GUARD_SCRIPT, GUARD_NAME, join(root, 'there'), String(silenceS)];
  const guard = spawn(file as string, args, { stdio: ['pipe', 'pipe', 'ignore'], detached: true });
  started.push(guard);
  const lines: string[] = [];
  const reader = createInterface({ input: guard.stdout as NodeJS.ReadableStream });
  await new Promise<void>((resolve) => {
    reader.on('line', (line) => {
      lines.push(line);
      if (line.startsWith('kvm ')) resolve();
    });
  });
  const folder = lines.find((line) => line.startsWith('folder '))?.slice('folder '.length) as string;
  return { guard, folder, lines };
}

/** Something that runs for the machine, and would for long. */
function work(folder: string): ChildProcess {
  const child = spawn('sleep', ['600'], { env: { ...process.env, [MARK]: folder }, detached: true });
  started.push(child);
  return child;
}

const SHELLS = [['/bin/sh'], ['bash'], ['busybox', 'sh']].filter(
  ([name]) => name === '/bin/sh' || findProgram(name as string),
);
const lacking = Object.keys(NEEDED).filter((program) => !findProgram(program));

describe.skipIf(lacking.length > 0).each(SHELLS)('in %s', (...shell) => {
  test('ends what runs in its folder, and removes it, when its input ends', async () => {
    const { guard, folder } = await start(shell);
    writeFileSync(join(folder, 'overlay.qcow2'), 'x');
    const half = join(root, 'there/domes-images', `abc.${folder.replace(/^.*-/, '')}.part`);
    writeFileSync(half, 'x');
    const child = work(folder);
    const ends = Promise.all([once(child, 'exit'), once(guard, 'exit')]);
    guard.stdin?.end();
    expect(await ends).toEqual([
      [null, 'SIGKILL'],
      [0, null],
    ]);
    expect([existsSync(folder), existsSync(half)]).toEqual([false, false]);
  });

  test('also when it was just telling something', async () => {
    const { guard, folder } = await start(shell);
    guard.stdout?.destroy();
    guard.stdin?.write(`${process.pid}\n`.repeat(200));
    guard.stdin?.end();
    expect(await once(guard, 'exit')).toEqual([0, null]);
    expect(existsSync(folder)).toBe(false);
  });

  test('and when nothing has come for a while', async () => {
    const { guard, folder } = await start(shell, 3);
    const beats = setInterval(() => guard.stdin?.write('\n'), 100);
    const child = work(folder);
    const ends = Promise.all([once(child, 'exit'), once(guard, 'exit')]);
    await once(child, 'spawn');
    clearInterval(beats);
    expect(await ends).toEqual([
      [null, 'SIGKILL'],
      [null, 'SIGKILL'],
    ]);
    expect(existsSync(folder)).toBe(false);
  });

  test('tells what a process has cost', async () => {
    const { guard, lines } = await start(shell);
    guard.stdin?.write(`\n${process.pid}\n`);
    await vi.waitFor(() => expect(lines.some((line) => line.startsWith('thread '))).toBe(true));
    expect(lines.find((line) => line.startsWith('stat '))).toMatch(new RegExp(`^stat ${process.pid} \\(`));
  });

  test('removes what a killed one has left, with what still runs there, and nothing of the living', async () => {
    const [dead, living] = [await start(shell), await start(shell)];
    const [orphan, other] = [work(dead.folder), work(living.folder)];
    dead.guard.kill('SIGKILL');
    await once(dead.guard, 'exit');
    const ended = once(orphan, 'exit');
    const { folder } = await start(shell);
    expect(await ended).toEqual([null, 'SIGKILL']);
    expect(readdirSync(join(root, 'there')).sort()).toEqual(
      ['domes-images', ...[living.folder, folder].map((path) => path.replace(/^.*\//, ''))].sort(),
    );
    expect(other.exitCode).toBeNull();
  });

  describe('ended by another process', () => {
    async function endFrom(folder: string): Promise<number> {
      const [file, ...args] = [...shell, '-c', END_SCRIPT, 'domes-end', folder, '10'];
      const [status] = await once(spawn(file as string, args, { stdio: 'ignore' }), 'exit');
      return status;
    }

    test('what runs is asked to; its folder goes with the guard', async () => {
      const { guard, folder } = await start(shell);
      const child = work(folder);
      const ends = Promise.all([once(child, 'exit'), once(guard, 'exit')]);
      expect(await endFrom(folder)).toBe(0);
      expect(await ends).toEqual([
        [null, 'SIGTERM'],
        [expect.anything(), null],
      ]);
      expect(existsSync(folder)).toBe(false);
      expect(await endFrom(folder)).toBe(0);
    });

    test('what stands still is made to, and nothing of another machine is touched', async () => {
      const [{ guard, folder }, other] = [await start(shell), await start(shell)];
      const [child, stays] = [work(folder), work(other.folder)];
      child.kill('SIGSTOP');
      guard.kill('SIGSTOP');
      const ends = Promise.all([once(child, 'exit'), once(guard, 'exit')]);
      expect(await endFrom(folder)).toBe(0);
      expect(await ends).toEqual([
        [null, 'SIGKILL'],
        [null, 'SIGKILL'],
      ]);
      expect([existsSync(folder), existsSync(other.folder), stays.exitCode]).toEqual([false, true, null]);
    });
  });
});
