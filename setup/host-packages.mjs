/**
 * The host's programs: which are missing, which package has them, and the one line that installs those.
 *
 * Plain JavaScript without dependencies, because `npm start` needs it before node_modules exists. The harness
 * (`domes doctor`, error messages) uses the same code and the same table, programs.json.
 */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, readFileSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** What each program is for and the package that has it, per package manager. */
export function readPrograms() {
  return JSON.parse(readFileSync(new URL('programs.json', import.meta.url), 'utf8')).programs;
}

/**
 * The programs needed for a purpose: `run` (whatever the image), `recipe` (building from any recipe, beyond the
 * recipe's own `tools`), `bench`.
 */
export function programsFor(purpose, table = readPrograms()) {
  return Object.keys(table).filter((name) => table[name].for === purpose);
}

/** Full path of a program, or undefined. Looks in the sbin folders too: a user's PATH often lacks them. */
export function findProgram(name, env = process.env) {
  const folders = [...(env.PATH ?? '').split(delimiter), '/usr/local/sbin', '/usr/sbin', '/sbin'];
  return folders
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .find(isExecutableFile);
}

function isExecutableFile(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/**
 * The package manager that owns this system. Decided by os-release, since a Debian may well have `dnf` installed
 * and an Arch `apt-get`: as programs that domes uses, not as the owners of the system.
 */
export function packageManager({ env = process.env, osRelease = readOsRelease() } = {}) {
  const families = [
    ['apt', 'apt-get', /\b(debian|ubuntu)\b/],
    ['dnf', 'dnf', /\b(fedora|rhel|centos)\b/],
    ['pacman', 'pacman', /\b(arch|archlinux|manjaro)\b/],
  ];
  const ids = /^ID=(.*)$/m.exec(osRelease)?.[1] ?? '';
  const likes = /^ID_LIKE=(.*)$/m.exec(osRelease)?.[1] ?? '';
  const present = families.filter(([, program]) => findProgram(program, env));
  const owner = present.find(([, , pattern]) => pattern.test(`${ids} ${likes}`));
  return (owner ?? present[0])?.[0];
}

function readOsRelease() {
  for (const path of ['/etc/os-release', '/usr/lib/os-release']) {
    try {
      return readFileSync(path, 'utf8');
    } catch {}
  }
  return '';
}

/** Those of the named programs that this host lacks, each with its reason and its package (if the table knows one). */
export function missingPrograms(names, { env = process.env, manager = packageManager({ env }) } = {}) {
  const table = readPrograms();
  return [...new Set(names)]
    .filter((program) => !isPresent(program, table[program]?.probe, env))
    .map((program) => ({
      program,
      why: table[program]?.why ?? 'used by a recipe',
      package: manager && table[program]?.[manager],
    }));
}

function isPresent(program, probe, env) {
  if (!probe) return findProgram(program, env) !== undefined;
  return spawnSync(probe[0], probe.slice(1), { env, stdio: 'ignore' }).status === 0;
}

/** The commands that install packages, as argument lists without `sudo`. */
export function installSteps(manager, packages) {
  switch (manager) {
    case 'apt':
      return [
        ['apt-get', 'update'],
        ['apt-get', 'install', '-y', '--no-install-recommends', ...packages],
      ];
    case 'dnf':
      return [['dnf', 'install', '-y', '--setopt=install_weak_deps=False', ...packages]];
    case 'pacman':
      return [['pacman', '-S', '--needed', '--noconfirm', ...packages]];
    default:
      return [];
  }
}

/**
 * The one line a person can run to get the missing programs, or a sentence when no package manager is known.
 * `sudo` is part of it unless we are root.
 */
export function installLine(missing, { manager = packageManager(), root = process.getuid?.() === 0 } = {}) {
  const packages = packagesOf(missing);
  if (packages.length === 0)
    return `install ${missing.map(({ program }) => program).join(', ')} in this system's own way`;
  return installSteps(manager, packages)
    .map((step) => (root ? step : ['sudo', ...step]).join(' '))
    .join(' && ');
}

/** The packages of the missing programs, each once. */
export function packagesOf(missing) {
  return [...new Set(missing.map((entry) => entry.package).filter(Boolean))].sort();
}
