import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  findProgram,
  installLine,
  installSteps,
  missingPrograms,
  packageManager,
  packagesOf,
  programsFor,
  readPrograms,
} from './host-packages.mjs';

const root = join(import.meta.dirname, '..');
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'domes-programs-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function program(name: string, script = 'exit 0'): void {
  writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, name), 0o755);
}

describe('the table of programs', () => {
  const table = readPrograms();

  it('has every tool of every recipe', () => {
    const recipes = readdirSync(join(root, 'recipes'), { withFileTypes: true }).filter((entry) =>
      entry.isDirectory(),
    );
    expect(recipes.length).toBeGreaterThan(0);
    for (const { name } of recipes) {
      const { tools } = JSON.parse(readFileSync(join(root, 'recipes', name, 'recipe.json'), 'utf8'));
      expect(
        tools.filter((tool: string) => !table[tool]),
        `recipes/${name}`,
      ).toEqual([]);
    }
  });

  it('names a reason and a package of each package manager for each', () => {
    for (const [name, entry] of Object.entries(table)) {
      expect(entry, name).toMatchObject({
        why: expect.stringMatching(/^[a-z]/),
        apt: expect.stringMatching(/^[a-z0-9+.-]+$/),
        dnf: expect.stringMatching(/^[a-z0-9_+.-]+$/),
        pacman: expect.stringMatching(/^[a-z0-9_+.-]+$/),
      });
    }
  });

  it('has what runs machines, builds recipes and compares with peers', () => {
    expect(programsFor('run')).toContain('qemu-system-x86_64');
    expect(programsFor('recipe')).toContain('apt-get');
    expect(programsFor('bench')).toContain('expect');
  });
});

describe('a program', () => {
  it('is found in the PATH if it can be run', () => {
    program('domes-test');
    writeFileSync(join(folder, 'domes-data'), '');
    const env = { PATH: `/nowhere:${folder}` };
    expect(findProgram('domes-test', env)).toBe(join(folder, 'domes-test'));
    expect(findProgram('domes-data', env)).toBeUndefined();
    expect(findProgram('domes-test', {})).toBeUndefined();
  });

  it('that is missing is named with its reason and its package', () => {
    const env = { PATH: folder };
    program('qemu-img');
    expect(missingPrograms(['qemu-img', 'expect', 'expect', 'frobnicate'], { env, manager: 'dnf' })).toEqual([
      { program: 'expect', why: 'is a peer in the benchmark', package: 'expect' },
      { program: 'frobnicate', why: 'used by a recipe', package: undefined },
    ]);
  });
});

describe('the package manager', () => {
  it.each([
    ['ID=debian', ['apt-get', 'dnf', 'pacman'], 'apt'],
    ['ID=ubuntu\nID_LIKE=debian', ['apt-get'], 'apt'],
    ['ID=arch', ['apt-get', 'pacman'], 'pacman'],
    ['ID=endeavouros\nID_LIKE="arch"', ['apt-get', 'pacman'], 'pacman'],
    ['ID="rocky"\nID_LIKE="rhel centos fedora"', ['dnf', 'apt-get'], 'dnf'],
    ['ID=unheard-of', ['dnf'], 'dnf'],
    ['', [], undefined],
  ])('of %j with %j is %s', (osRelease, present, manager) => {
    for (const name of present) program(name);
    expect(packageManager({ env: { PATH: folder }, osRelease })).toBe(manager);
  });
});

describe('the line that installs', () => {
  const missing = [
    { program: 'qemu-img', why: '', package: 'qemu-utils' },
    { program: 'qemu-system-x86_64', why: '', package: 'qemu-system-x86' },
    { program: 'qemu-io', why: '', package: 'qemu-utils' },
  ];

  it('is what this system needs, with sudo for who is not root', () => {
    expect(installLine(missing, { manager: 'apt', root: false })).toMatchInlineSnapshot(
      `"sudo apt-get update && sudo apt-get install -y --no-install-recommends qemu-system-x86 qemu-utils"`,
    );
    expect(installLine(missing, { manager: 'apt', root: true })).toMatchInlineSnapshot(
      `"apt-get update && apt-get install -y --no-install-recommends qemu-system-x86 qemu-utils"`,
    );
    expect(installLine(missing, { manager: 'dnf', root: false })).toMatchInlineSnapshot(
      `"sudo dnf install -y --setopt=install_weak_deps=False qemu-system-x86 qemu-utils"`,
    );
    expect(installLine(missing, { manager: 'pacman', root: true })).toMatchInlineSnapshot(
      `"pacman -S --needed --noconfirm qemu-system-x86 qemu-utils"`,
    );
  });

  it('is a sentence where no package manager is known', () => {
    const unknown = missing.map((entry) => ({ ...entry, package: undefined }));
    expect(installLine(unknown, { manager: undefined, root: true })).toMatchInlineSnapshot(
      `"install qemu-img, qemu-system-x86_64, qemu-io in this system's own way"`,
    );
    expect(installSteps(undefined, packagesOf(missing))).toEqual([]);
  });
});
