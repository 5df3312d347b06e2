/** The way to a host: the hosts between (ProxyJump), the nearest first, and itself. */
import { ScenarioError } from '../../errors.ts';
import { SSH_PORT, type SshSettings, sshSettings, type WrittenHost } from './ssh-config.ts';

/** A host on the way, or the last. */
export interface Stop extends Omit<SshSettings, 'jumps'> {
  /** As it was written: `ssh://me@lab`. */
  readonly name: string;
}

/** No network is so deep; a configuration that jumps in a circle is. */
const MOST_STOPS = 10;

/**
 * The way by the user's ssh configuration; by `DOMES_SSH_KEY` and `DOMES_SSH_KNOWN_HOSTS`, where they are set, with that
 * one key and those known hosts on all of it.
 * @throws as sshSettings does; ScenarioError when it has no end.
 */
export async function routeTo(
  written: WrittenHost & { readonly name: string },
  env: NodeJS.ProcessEnv = process.env,
): Promise<Stop[]> {
  const stops: Stop[] = [];
  let next: WrittenHost | undefined = written;
  // From the end: as with ssh, the nearest of the jumps is reached by its own configuration.
  while (next) {
    const { jumps, ...settings }: SshSettings = await sshSettings(next, env);
    stops.unshift(stopOf(next === written ? written.name : nameOf(next), settings, env));
    for (const jump of jumps.slice(1).reverse()) {
      const { jumps: _, ...between } = await sshSettings(jump, env);
      stops.unshift(stopOf(nameOf(jump), between, env));
    }
    [next] = jumps;
    if (stops.length > MOST_STOPS)
      throw new ScenarioError(`the way to ${written.name} has no end: its ProxyJump leads in a circle`, {
        next: `look at what ssh -G ${written.host} prints as proxyjump`,
      });
  }
  return stops;
}

/** As known_hosts calls it: `host`, or `[host]:port`. */
export function hostWord({ alias, host, port }: Pick<Stop, 'alias' | 'host' | 'port'>): string {
  if (alias !== undefined) return alias;
  return port === SSH_PORT ? host : `[${host}]:${port}`;
}

function stopOf(name: string, settings: Omit<SshSettings, 'jumps'>, env: NodeJS.ProcessEnv): Stop {
  const { DOMES_SSH_KEY: key, DOMES_SSH_KNOWN_HOSTS: known } = env;
  const { agent, ...rest } = settings;
  return {
    name,
    ...rest,
    ...(known && { knownHosts: [known] }),
    ...(key ? { keyFiles: [key], onlyKeyFiles: true } : agent !== undefined && { agent }),
  };
}

function nameOf({ host, user, port }: WrittenHost): string {
  const where = host.includes(':') ? `[${host}]` : host;
  return `ssh://${user === undefined ? '' : `${user}@`}${where}${port === undefined ? '' : `:${port}`}`;
}
