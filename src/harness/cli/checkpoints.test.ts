import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { paperJourney } from '../checkpoint/fixtures/paper-machine.ts';
import { reach } from '../checkpoint/journey.ts';
import { defaultHome } from '../image/image-home.ts';
import { domes } from './fixtures/typed-command.ts';

// Starts programs; on a busy host each takes its time.
vi.setConfig({ testTimeout: 60_000 });

const CHAIN = [{ name: 'login' }, { name: 'installed-xen', inputs: { version: 3 } }];

let folder: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'domes-cli-'));
  vi.stubEnv('DOMES_CACHE', folder);
  // Spares the trial of KVM.
  vi.stubEnv('DOMES_ACCELERATOR', 'tcg');
  vi.stubEnv('DOMES_CHECKPOINTS', '');
  vi.stubEnv('DOMES_NIGHTLY', '');
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

async function store(): Promise<void> {
  await using _ = await reach(paperJourney(defaultHome(), CHAIN));
}

/** A command of `domes checkpoints`. */
const typed = (line: string) => domes(`checkpoints ${line}`);

test('an empty store', async () => {
  expect(await typed('list')).toEqual({
    code: 0,
    out: `0 bytes of 10.7 GB in ${folder}/checkpoints\n`,
    err: '',
  });
  expect(await typed('prune')).toEqual({ code: 0, out: 'nothing to remove\n', err: '' });
  expect(await typed('show login')).toMatchObject({
    code: 2,
    err: expect.stringMatching(/^domes: no checkpoint "login" is stored\n.*nothing is stored at all/s),
  });
});

test('list shows each below the one that it starts from', async () => {
  await store();
  const { code, out } = await typed('list');
  expect(code).toBe(0);
  expect(out.replace(/ +/g, ' ').replace(folder, 'CACHE')).toMatch(
    new RegExp(
      [
        '^CHECKPOINT KEY KIND SIZE MADE USED STATE',
        'login [0-9a-f]{8} template \\d+ KB now now stale: image paper is not there; .*scenarios/paper.test.ts is gone',
        ' installed-xen [0-9a-f]{8} template \\d+ KB now now stale: .*; "login", which it starts from, is stale',
        '\\d+ KB of 10.7 GB in CACHE/checkpoints\n$',
      ].join('\n'),
    ),
  );
  vi.stubEnv('DOMES_NIGHTLY', '1');
  expect((await typed('list')).out).toMatch(/ \(DOMES_CHECKPOINTS is cold\)\n$/);
  const { checkpoints, damaged } = JSON.parse((await typed('list --json')).out);
  expect(damaged).toEqual([]);
  expect(checkpoints.map(({ name }: { name: string }) => name).sort()).toEqual(['installed-xen', 'login']);
});

test('show tells what the key is made of; by name or by the beginning of the key', async () => {
  await store();
  const { out } = await typed('show installed-xen');
  const rows = Object.fromEntries(out.split('\n').map((line) => line.split(/ {2,}/)));
  expect(rows).toMatchObject({
    checkpoint: 'installed-xen',
    'declared in': 'scenarios/paper.test.ts',
    'starts from': expect.stringMatching(/^login [0-9a-f]{8}$/),
    QEMU: '7.2',
    machine: '{"cpu":"qemu64"}',
    inputs: '{"version":3}',
    files: 'checkpoint.json, count, words',
  });
  const [data] = JSON.parse((await typed('show installed-xen --json')).out);
  expect(data).toMatchObject({ name: 'installed-xen', parts: { inputs: { version: 3 } } });
  expect((await typed(`show ${data.key.slice(0, 8)}`)).out).toBe(out);
});

test('an unknown name is answered with the nearest one', async () => {
  await store();
  for (const line of ['show instaled-xen', 'prune instaled-xen'])
    expect(await typed(line)).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringContaining('no checkpoint "instaled-xen" is stored (did you mean "installed-xen"?)'),
    });
});

test('prune', async () => {
  await store();
  expect((await typed('prune login --dry-run')).out).toMatch(
    /KB +login [0-9a-f]{8} +it was named\n\d+ KB would be removed\n$/,
  );
  expect((await typed('prune login')).out).toMatch(/KB removed\n$/);
  expect((await typed('list')).out).not.toContain('login ');
  const [gone] = JSON.parse((await typed('prune --all --json')).out);
  expect(gone).toMatchObject({ name: 'installed-xen', because: 'all were asked for', inUse: false });
  expect(await typed('prune --older-than soon')).toMatchObject({
    code: 2,
    err: expect.stringContaining('"soon" is no age: expected a number and a unit'),
  });
});
