/** Which of the hosts of DOMES_HOST are which: by where the user's ssh configuration leads, not by how they are written. */
import { ScenarioError } from '../../errors.ts';
import type { HostAddress } from './address.ts';
import { routeTo } from './route.ts';

/**
 * The same hosts, each with its identity.
 * @throws ScenarioError when two of them are one; as routeTo does.
 */
export async function distinctHosts(
  addresses: readonly HostAddress[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<HostAddress[]> {
  const all = await Promise.all(
    addresses.map(async (address) => ({ ...address, identity: await identityOf(address, env) })),
  );
  for (const [index, { name, identity }] of all.entries()) {
    const first = all.findIndex((other) => other.identity === identity);
    if (first < index)
      throw new ScenarioError(`DOMES_HOST: "${all[first]?.name}" and "${name}" are one host`, {
        probably: `both lead to ${identity}`,
        next: `name it once, and say how many machines it may run: ${name}*2`,
      });
  }
  return all;
}

/** All hosts on the way count: behind another gate the same name may be another host's. */
async function identityOf(address: HostAddress, env: NodeJS.ProcessEnv): Promise<string> {
  const stops = await routeTo(address, env);
  return stops.map(({ user, host, port }) => `${user}@${host}:${port}`).join(' → ');
}
