import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { findProgram } from './host-packages.mjs';

// Starts programs; on a busy host each takes its time.
vi.setConfig({ testTimeout: 60_000 });

let folder: string;
let log: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'domes-install-'));
  log = join(folder, 'log');
  for (const name of ['sh', 'env', 'chmod', 'id'])
    symlinkSync(findProgram(name) as string, join(folder, name));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A stand-in for a program of the host; it notes how it was called. */
function program(name: string, script = ''): void {
  writeFileSync(join(folder, name), `#!/bin/sh\necho "${name} $*" >> ${log}\n${script}\n`);
  chmodSync(join(folder, name), 0o755);
}

/** What a sudo without a password does. */
const SUDO = '[ "$1" = -n ] && exit 0; exec "$@"';
const isRoot = process.getuid?.() === 0;
const INSTALLS_EXPECT = `[ "$1" = install ] && { echo '#!/bin/sh' > ${'$FOLDER'}/expect; chmod +x ${'$FOLDER'}/expect; }; exit 0`;

/** Runs the set-up's step with only this test's programs on the PATH. */
async function installExpect(): Promise<{ code: number; text: string; calls: string[] }> {
  const module = JSON.stringify(join(import.meta.dirname, 'install-packages.mjs'));
  const script = `const { installPackages } = await import(${module}); process.exitCode = await installPackages(['expect'])`;
  const run = promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
    env: { PATH: folder, FOLDER: folder },
  });
  const { code = 0, stderr } = await run.catch((error) => error);
  let calls: string[] = [];
  try {
    calls = readFileSync(log, 'utf8').trim().split('\n');
  } catch {}
  return { code, text: stderr, calls: calls.filter((call) => !call.startsWith('setpriv')) };
}

it('says what is missing and why, installs it, and is content', async () => {
  program('apt-get', INSTALLS_EXPECT);
  program('sudo', SUDO);
  const { code, text, calls } = await installExpect();
  expect(code).toBe(0);
  expect(text).toContain('expect               is a peer in the benchmark');
  expect(calls.filter((call) => call.startsWith('apt-get'))).toEqual([
    'apt-get update',
    'apt-get install -y --no-install-recommends expect',
  ]);
  expect(calls.some((call) => call.startsWith('sudo'))).toBe(!isRoot);
});

it('does nothing when all is there', async () => {
  program('expect');
  program('apt-get', 'exit 1');
  expect(await installExpect()).toEqual({ code: 0, text: '', calls: [] });
});

it('goes on when only the update failed, a broken third-party source say', async () => {
  program('apt-get', `[ "$1" = update ] && exit 100; ${INSTALLS_EXPECT}`);
  program('sudo', SUDO);
  expect((await installExpect()).code).toBe(0);
});

it('prints the one line when installing fails', async () => {
  program('apt-get', '[ "$1" = update ] || exit 100');
  program('sudo', SUDO);
  const { code, text } = await installExpect();
  expect(code).toBe(1);
  expect(text).toContain('that ended with exit code 100');
  expect(text).toMatch(/Run this yourself.*apt-get install -y --no-install-recommends expect\n/s);
});

it('does not believe a package manager that says it is done', async () => {
  program('apt-get');
  program('sudo', SUDO);
  const { code, text } = await installExpect();
  expect(code).toBe(1);
  expect(text).toContain('still missing after that: expect');
});

it.skipIf(isRoot)('prints the one line when it may not install', async () => {
  program('apt-get', INSTALLS_EXPECT);
  program('sudo', 'exit 1');
  const { code, text, calls } = await installExpect();
  expect(code).toBe(1);
  expect(text).toContain('sudo apt-get update && sudo apt-get install -y --no-install-recommends expect');
  expect(calls).toEqual(['sudo -n true']);
});

it('names the programs where no package manager is known', async () => {
  const { code, text } = await installExpect();
  expect(code).toBe(1);
  expect(text).toContain("install expect in this system's own way");
});
