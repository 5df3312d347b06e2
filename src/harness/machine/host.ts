/** Which host a machine gets. */
import { ScenarioError } from '../../errors.ts';
import { type MachineHost, thisHost } from '../qemu/machine-host.ts';
import { hostAddresses } from '../remote/address.ts';
import { FarHost } from '../remote/far-host.ts';
import type { MachineContext } from './machine-context.ts';

type Wanted = Pick<MachineContext, 'signal' | 'remainingMs' | 'onWait' | 'ramFile' | 'replay'>;

/**
 * This host, or one of `DOMES_HOST`, as soon as it has a place. A replay is of this host: its capsule is here, and says
 * what it needs.
 * @param folder private to the machine, on this host
 * @throws ScenarioError for a mistake in DOMES_HOST, and for what works on this host alone; as FarHost.open does.
 */
export async function openHost(folder: string, { signal, ...wanted }: Wanted): Promise<MachineHost> {
  const addresses = hostAddresses();
  if (addresses.length === 0 || wanted.replay) return thisHost(folder);
  if (wanted.ramFile !== undefined) throw refused('a machine that is to be saved as a checkpoint');
  return FarHost.open(addresses, { signal, waitMs: wanted.remainingMs?.(), onWait: wanted.onWait });
}

function refused(what: string): ScenarioError {
  return new ScenarioError(`${what} needs files of this host, and DOMES_HOST names others`, {
    next: 'run it here: DOMES_HOST= before the command',
  });
}
