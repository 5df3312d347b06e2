/**
 * SIGKILL at twenty moments, spread over every phase of saving and restoring: each time the next runner gets to the
 * checkpoint, the guest there is whole, and nothing is locked or left. The victim is another Vitest, on this very file.
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, checkpoint, expect, openDom0, test } from '../../src/harness/index.ts';

// Stored states are of this host.
beforeAll(() => {
  delete process.env.DOMES_HOST;
});

const booted = checkpoint(
  'kill-boot',
  { image: 'slim-dom0', launch: { boot: 'direct' } },
  async (machine) => {
    const { shell } = await openDom0(machine);
    await shell.succeed('echo booted > /tmp/steps');
  },
);

const target = checkpoint('kill-target', { from: booted }, async (machine) => {
  const { shell } = await openDom0(machine);
  await shell.succeed('echo target >> /tmp/steps');
  await shell.succeed('dd if=/dev/urandom of=/tmp/data bs=64k count=200 && md5sum /tmp/data > /tmp/sum');
});

/** When the victim is killed: so long after it can be seen on the disk that it has come so far. */
interface Moment {
  readonly of: 'saving' | 'restoring';
  readonly sees: string;
  readonly plusMs: number;
}

type Titled = readonly [title: string, moment: Moment];

const at = (of: Moment['of'], sees: string, ...delays: number[]): Titled[] =>
  delays.map((plusMs) => [`${of}: ${sees} + ${plusMs} ms`, { of, sees, plusMs }]);

const MOMENTS: readonly Titled[] = [
  ...at('saving', 'ram', 0, 150),
  ...at('saving', 'devices', 0, 15),
  ...at('saving', 'ram.img', 0, 5),
  ...at('saving', 'console.log', 0),
  ...at('saving', 'snapshot.json', 0, 40, 120, 250),
  ...at('saving', 'checkpoint.json', 0),
  ...at('saving', 'stored', 0, 10),
  ...at('restoring', 'machine folder', 0, 30, 80, 150),
  ...at('restoring', 'arrived', 0, 50),
];

let scratch: string;
const VICTIM_MARK = 'DOMES_KILL_MARK';

beforeAll(() => {
  if (process.env[VICTIM_MARK] !== undefined) return;
  scratch = mkdtempSync(join(tmpdir(), 'domes-kill-'));
  const path = execFileSync(process.execPath, ['bin/domes.mjs', 'images', 'path', 'slim-dom0', 'xen'], {
    encoding: 'utf8',
  });
  // A store of its own; images and what is known of this host are those of every day.
  const cache = dirname(dirname(dirname(path)));
  for (const folder of ['images', 'host', 'digests']) symlinkSync(join(cache, folder), join(scratch, folder));
  process.env.DOMES_CACHE = scratch;
  process.env.DOMES_CHECKPOINTS = 'on';
});

afterAll(() => {
  if (scratch !== undefined) rmSync(scratch, { recursive: true, force: true });
});

test('victim', async ({ resume, skip, task }) => {
  const mark = process.env[VICTIM_MARK];
  skip(mark === undefined, 'for the tests below, which start it');
  writeFileSync(`${mark}.half`, JSON.stringify({ pid: process.pid, folder: task.meta.domes?.folder }));
  renameSync(`${mark}.half`, `${mark}.begun`);
  await resume(target);
  writeFileSync(`${mark}.arrived`, '');
  await new Promise(() => {});
});

test('what the victims start from is stored', async ({ resume, skip }) => {
  skip(process.env[VICTIM_MARK] !== undefined);
  await resume(booted);
});

test.for(MOMENTS)('killed while %s', async ([title, moment], { resume, skip, task, annotate }) => {
  skip(process.env[VICTIM_MARK] !== undefined);
  if (moment.of === 'saving') prune('kill-target');
  else if (!stored().includes('kill-target')) await killedAt({ of: 'saving', sees: 'arrived', plusMs: 0 });

  const { seen, runs } = await killedAt(moment);
  await annotate(`killed at: ${seen}`);
  console.info(`${title}: killed at ${seen}`);
  await eventually(() => locked().length === 0 && qemusOf(runs).length === 0);

  const machine = await resume(target);
  const { shell } = await openDom0(machine);
  expect(await shell.succeed('cat /tmp/steps')).toBe('booted\ntarget');
  expect(await shell.succeed('md5sum -c /tmp/sum')).toContain('/tmp/data: OK');
  // The clock goes, and Xen answers.
  await shell.succeed('sleep 0.2 && xl list');
  const did = task.meta.domes?.checkpoints?.map((step) => `${step.name} ${step.did}`);
  // Stored or not, whole in either case: the boot is never lost.
  expect([['kill-target restored'], ['kill-boot restored', 'kill-target executed']]).toContainEqual(did);
  if (moment.of === 'restoring') expect(did).toEqual(['kill-target restored']);
  expect(stored()).toEqual(['kill-boot', 'kill-target']);
  await eventually(() => scratchFolders().length <= 1);
});

/** Kills a victim at a moment; one that was through before we looked makes place for another. */
async function killedAt(moment: Moment): Promise<{ seen: string; runs: string }> {
  for (let left = 5; ; left--) {
    const killed = await tryToKillAt(moment);
    if (killed) return killed;
    expect(left, `"${moment.sees}" was never seen`).toBeGreaterThan(0);
    prune('kill-target');
  }
}

async function tryToKillAt({ sees, plusMs }: Moment): Promise<{ seen: string; runs: string } | undefined> {
  const mark = join(mkdtempSync(join(scratch, 'victim-')), 'mark');
  const runs = join(dirname(mark), 'run');
  const vitest = ['node_modules/vitest/vitest.mjs', 'run', import.meta.filename, '-t', '^victim$'];
  // It goes with us; its worker goes with it.
  const victim = spawn('setpriv', ['--pdeathsig', 'KILL', process.execPath, ...vitest], {
    env: { ...process.env, [VICTIM_MARK]: mark, DOMES_NIGHTLY: '1', DOMES_RUN_DIR: runs },
    stdio: 'ignore',
  });
  const ended = once(victim, 'exit');
  try {
    await eventually(() => existsSync(`${mark}.begun`) || victim.exitCode !== null, 60_000);
    expect(victim.exitCode).toBeNull();
    const { pid, folder } = JSON.parse(readFileSync(`${mark}.begun`, 'utf8'));
    const seen = await stoppedAt(pid, { sees, plusMs }, () => whatIsSeen(mark, runs));
    process.kill(pid, 'SIGKILL');
    rmSync(folder.split('/').slice(0, 3).join('/'), { recursive: true, force: true });
    const isLate = sees !== 'arrived' && plusMs === 0 && seen.includes('arrived');
    return isLate ? undefined : { seen: seen.join(', ') || 'nothing on the disk', runs };
  } finally {
    victim.kill('SIGKILL');
    await ended;
  }
}

/** Stops a process when something is seen; it only goes on while we don't look, so that it dies where we say. */
async function stoppedAt(
  pid: number,
  { sees, plusMs }: Pick<Moment, 'sees' | 'plusMs'>,
  look: () => string[],
): Promise<string[]> {
  for (;;) {
    process.kill(pid, 'SIGSTOP');
    const seen = look();
    if (seen.includes(sees) || seen.includes('arrived')) break;
    process.kill(pid, 'SIGCONT');
    await pause(1);
  }
  if (plusMs === 0) return look();
  process.kill(pid, 'SIGCONT');
  await pause(plusMs);
  process.kill(pid, 'SIGSTOP');
  return look();
}

/** How far the victim has come, as its files tell. */
function whatIsSeen(mark: string, runs: string): string[] {
  const seen = [
    ...(list(runs).some((runner) => list(join(runs, runner)).some((name) => name.startsWith('machine-')))
      ? ['machine folder']
      : []),
    ...scratchFolders()
      .filter(({ owner }) => owner !== process.pid)
      .flatMap(({ folder }) => list(folder).flatMap((name) => list(join(folder, name)))),
    ...(stored().includes('kill-target') ? ['stored'] : []),
    ...(existsSync(`${mark}.arrived`) ? ['arrived'] : []),
  ];
  return [...new Set(seen)];
}

/** Owner's PID where it is known already. */
function scratchFolders(): { folder: string; owner?: number }[] {
  const root = join(scratch, 'checkpoints/.scratch');
  return list(root).map((name) => {
    const folder = join(root, name);
    return { folder, owner: JSON.parse(read(join(folder, 'owner.json')) || '{}').pid };
  });
}

/** Names of the stored checkpoints. */
function stored(): string[] {
  return list(join(scratch, 'checkpoints'))
    .filter((name) => !name.startsWith('.'))
    .map((name) => name.replace(/-[0-9a-f]{16}$/, ''))
    .sort();
}

/** Files of locks that somebody holds. */
function locked(): string[] {
  const isHeld = (name: string) =>
    spawnSync('flock', ['--nonblock', join(scratch, 'locks', name), 'true']).status !== 0;
  return list(join(scratch, 'locks')).filter(isHeld);
}

/** Living QEMUs of a victim, by the folder of its runs, which is in their environment. */
function qemusOf(runs: string): string[] {
  const all = spawnSync('pgrep', ['-f', '^\\S*qemu-system-x86_64 '], { encoding: 'utf8' }).stdout;
  return all.split('\n').filter((pid) => read(`/proc/${pid}/environ`).includes(`DOMES_RUN_DIR=${runs}`));
}

function prune(name: string): void {
  if (!stored().includes(name)) return;
  execFileSync(process.execPath, ['bin/domes.mjs', 'checkpoints', 'prune', name], { env: process.env });
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Empty when it is gone. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** Asks until the answer is yes: nothing tells what a stranger's process is about to do. */
async function eventually(question: () => boolean, withinMs = 20_000): Promise<void> {
  const startedAt = performance.now();
  while (!question()) {
    if (performance.now() - startedAt > withinMs) throw new Error(`not so after ${withinMs} ms: ${question}`);
    await pause(2);
  }
}
