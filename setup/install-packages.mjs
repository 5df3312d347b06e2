/** Installs the host packages that are missing; says what and why first. */
import { spawnSync } from 'node:child_process';
import { run } from './child.mjs';
import {
  findProgram,
  installLine,
  installSteps,
  missingPrograms,
  packageManager,
  packagesOf,
} from './host-packages.mjs';

/**
 * Makes sure that the named programs are there. Installs as root, or through sudo; where neither is possible the
 * one line to run is printed instead.
 * @returns the exit code: 0 when all are there.
 */
export async function installPackages(programs, { env = process.env } = {}) {
  const manager = packageManager({ env });
  const missing = missingPrograms(programs, { env, manager });
  if (missing.length === 0) return 0;

  process.stderr.write('domes needs programs that this system lacks:\n');
  for (const { program, why, package: name } of missing)
    process.stderr.write(
      `  ${program.padEnd(20)} ${why}${name && name !== program ? ` (package ${name})` : ''}\n`,
    );

  const unknown = missing.filter((entry) => !entry.package);
  const line = installLine(missing, { manager });
  const prefix = unknown.length > 0 ? undefined : privilege(env);
  if (!prefix) return askFor(line);

  for (const step of installSteps(manager, packagesOf(missing))) {
    process.stderr.write(`→ ${[...prefix, ...step].join(' ')}\n`);
    // Debian's package scripts ask questions unless told not to; sudo drops the environment, so env(1) says it.
    const [file, ...args] = [...prefix, 'env', 'DEBIAN_FRONTEND=noninteractive', ...step];
    const code = await run(file, args, { env });
    // A broken third-party source fails the update alone; the install may succeed all the same.
    if (code !== 0 && step[1] !== 'update') {
      process.stderr.write(`domes: that ended with exit code ${code}\n`);
      return askFor(line);
    }
    if (code > 128) return code;
  }
  const still = missingPrograms(programs, { env, manager });
  if (still.length === 0) return 0;
  process.stderr.write(
    `domes: still missing after that: ${still.map(({ program }) => program).join(', ')}\n`,
  );
  return 1;
}

/** What to put before a command to run it as root: nothing as root, sudo where it would work, else undefined. */
function privilege(env) {
  if (process.getuid() === 0) return [];
  if (!findProgram('sudo', env)) return undefined;
  if (spawnSync('sudo', ['-n', 'true'], { env, stdio: 'ignore' }).status === 0) return ['sudo'];
  // sudo wants a password: a person at a terminal can give it.
  return process.stdin.isTTY && process.stderr.isTTY && !env.CI ? ['sudo'] : undefined;
}

function askFor(line) {
  process.stderr.write(`Run this yourself, then start again:\n\n  ${line}\n\n`);
  return 1;
}
