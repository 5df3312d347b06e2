import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { BOOT_STEP_NAMES, BOOT_STEPS, bootSector } from './boot-sector.ts';

const hasAssembler = ['as', 'ld'].every((program) => spawnSync(program, ['--version']).status === 0);

it.skipIf(!hasAssembler || process.arch !== 'x64')('is what its source assembles to', () => {
  const folder = mkdtempSync(join(tmpdir(), 'domes-assembly-'));
  try {
    const file = (name: string) => join(folder, name);
    execFileSync('as', ['--64', join(import.meta.dirname, 'boot-sector.S'), '-o', file('b.o')]);
    execFileSync('ld', [
      '-Ttext=0x7c00',
      '--oformat',
      'binary',
      '-e',
      'start',
      '-o',
      file('b.bin'),
      file('b.o'),
    ]);
    expect(readFileSync(file('b.bin')).equals(bootSector())).toBe(true);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it('has a name for every step that its source takes', () => {
  const source = readFileSync(join(import.meta.dirname, 'boot-sector.S'), 'utf8');
  const letters = [...source.matchAll(/mov\s+al, '(.)'/g)].map(([, letter]) => letter).join('');
  expect(letters).toBe(BOOT_STEPS);
  expect(Object.keys(BOOT_STEP_NAMES).join('')).toBe(BOOT_STEPS);
});
