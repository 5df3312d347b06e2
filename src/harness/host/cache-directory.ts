/** Where domes keeps what can be made again: images, packages, what was found out about this host. */
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** `$DOMES_CACHE`, else `$XDG_CACHE_HOME/domes`, else `~/.cache/domes`. Not made here. */
export function cacheDirectory(env: NodeJS.ProcessEnv = process.env): string {
  if (env.DOMES_CACHE) return resolve(env.DOMES_CACHE);
  // The XDG specification says to ignore a relative path.
  if (env.XDG_CACHE_HOME?.startsWith('/')) return join(env.XDG_CACHE_HOME, 'domes');
  return join(homedir(), '.cache', 'domes');
}
