/** Installs the npm packages when node_modules is absent or does not hold what package-lock.json says. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './child.mjs';

/** @returns the exit code: 0 when node_modules is as the lock says. */
export async function installNodeModules(root, { env = process.env } = {}) {
  const stale = staleness(root);
  if (!stale) return 0;
  process.stderr.write(`domes: ${stale}\n→ npm ci\n`);
  const code = await run('npm', ['ci', '--prefix', root, '--no-fund', '--no-audit'], { env });
  if (code !== 0 && code <= 128)
    process.stderr.write(`domes: npm ci ended with exit code ${code}; mend that and start again\n`);
  return code;
}

/**
 * Why node_modules has to be installed anew, or undefined when it need not. Compares versions with npm's own record
 * of what it installed, not file times: those change with every checkout, and `npm ci` deletes all of
 * node_modules first, which somebody without network would regret.
 */
export function staleness(root) {
  const wanted = readLock(join(root, 'package-lock.json'));
  const installed = readLock(join(root, 'node_modules/.package-lock.json'));
  if (!wanted) return 'package-lock.json is missing or damaged';
  if (!installed) return 'the npm packages are not installed yet';
  for (const [path, { version, optional, devOptional }] of Object.entries(wanted)) {
    // The root package itself, and what is optional, made for another processor say, may be absent.
    if (path === '' || (!installed[path] && (optional || devOptional))) continue;
    if (installed[path]?.version !== version)
      return `${path} should be ${version}, but ${installed[path]?.version ?? 'nothing'} is installed`;
  }
  return undefined;
}

function readLock(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages;
  } catch {
    return undefined;
  }
}
