import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { HostError } from '../../errors.ts';
import {
  createRunFolder,
  pruneRunFolders,
  removeEmptyRunFolder,
  runFolderOf,
  testFolderOf,
} from './run-folder.ts';

function projectFolder(): string {
  const root = mkdtempSync(join(tmpdir(), 'domes-run-folder-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  return root;
}

test('every run has a folder of its own', () => {
  const root = projectFolder();
  const ids = [createRunFolder(root), createRunFolder(root), createRunFolder(root)].map(({ id }) => id);
  expect(readdirSync(join(root, 'reports/runs')).sort()).toEqual(ids.sort());
  expect(runFolderOf(ids[0] as string)).toBe(`reports/runs/${ids[0]}`);
});

test('only the newest run folders are kept, and what is not a run is left alone', () => {
  const root = projectFolder();
  const runs = join(root, 'reports/runs');
  const ids = [1, 2, 3, 4].map((day) => `2025-11-0${day}T10-00-00Z-00aa`);
  for (const name of [...ids, 'notes']) {
    mkdirSync(join(runs, name), { recursive: true });
    writeFileSync(join(runs, name, 'com1.log'), 'x');
  }
  pruneRunFolders(root, 2);
  expect(readdirSync(runs).sort()).toEqual([...ids.slice(2), 'notes']);
});

test('unit tests in watch mode do not push out the logs of the last boot', () => {
  const root = projectFolder();
  const runs = join(root, 'reports/runs');
  const ids = [1, 2, 3, 4, 5].map((day) => `2025-11-0${day}T10-00-00Z-00aa`);
  for (const [index, id] of ids.entries()) {
    mkdirSync(join(runs, id, index < 2 ? 'xen-pv' : ''), { recursive: true });
    writeFileSync(join(runs, id, 'run.json'), '{}');
  }
  pruneRunFolders(root, 1);
  expect(readdirSync(runs).sort()).toEqual([ids[1], ids[4]]);
});

test('a run that is still going on is kept, however many came after it', () => {
  const root = projectFolder();
  const going = createRunFolder(root);
  const done = createRunFolder(root);
  writeFileSync(join(done.folder, 'run.json'), '{}');
  pruneRunFolders(root, 0);
  expect(readdirSync(join(root, 'reports/runs'))).toEqual([going.id]);
});

test('a run that wrote nothing leaves nothing; one that did stays', () => {
  const root = projectFolder();
  const [empty, used] = [createRunFolder(root), createRunFolder(root)];
  writeFileSync(join(used.folder, 'run.json'), '{}');
  for (const run of [empty, used, empty]) removeEmptyRunFolder(run);
  expect(readdirSync(join(root, 'reports/runs'))).toEqual([used.id]);
});

test('reports that cannot be written are trouble of the host, with the place named', () => {
  const root = projectFolder();
  writeFileSync(join(root, 'reports'), 'a file, not a folder');
  expect(() => createRunFolder(root)).toThrow(HostError);
  expect(() => createRunFolder(root)).toThrow(
    /cannot make the run's folder .*\n.*host[\s\S]*make .*reports writable/,
  );
});

test('the folder of a test is named after it, whatever it is called', () => {
  expect(testFolderOf('scenarios/xen-pv.test.ts', 'Xen > boots a guest (PV)')).toBe(
    'xen-pv/xen-boots-a-guest-pv',
  );
  expect(testFolderOf('scenarios/nightly/yum.test.ts', 'installs', { attempt: 2 })).toBe(
    'nightly/yum/installs-retry-2',
  );
  expect(testFolderOf('scenarios/x.test.ts', '../../漢字')).toBe('x/unnamed');
  expect(testFolderOf('scenarios/../../x.test.ts', 'a'.repeat(300))).toBe(
    `unnamed/unnamed/x/${'a'.repeat(60)}`,
  );
});
