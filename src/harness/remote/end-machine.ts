/** Ends a machine on another host from a process that is not its runner, which may hang: by logging in there anew. */
import { resolve } from 'node:path';
import { HostError } from '../../errors.ts';
import { hostAddresses } from './address.ts';
import { HostConnection } from './connection.ts';
import { END_SCRIPT } from './guard-script.ts';

/** What another process has to know of it. */
export interface FarMachine {
  /** `ssh://user@host`, as its runner calls it. */
  readonly host: string;
  /** Its folder there. */
  readonly folder: string;
  /** How its runner logs in, where the environment says that: `loginVariables`. */
  readonly login: Readonly<Record<string, string>>;
}

/** QEMU ends within this when it is asked to, and so does the guard, tenths of a second. */
const PATIENCE_TENTHS = 30;

const FILE_VARIABLES = ['DOMES_SSH_CONFIG', 'DOMES_SSH_KEY', 'DOMES_SSH_KNOWN_HOSTS'];

/** What this process's environment says about logging in, for another process in another folder. */
export function loginVariables(env: NodeJS.ProcessEnv = process.env): Record<string, string> {
  return Object.fromEntries(
    FILE_VARIABLES.flatMap((name) => (env[name] ? [[name, resolve(env[name])]] : [])),
  );
}

/**
 * Ends QEMU there in its own way, or by force, and removes what the machine has on that host. One that has ended
 * already is no error.
 * @throws HostError when the host can't be reached, or with its words when the machine does not end; as logInTo does.
 */
export async function endFarMachine(
  { host, folder, login }: FarMachine,
  env: NodeJS.ProcessEnv = process.env,
): Promise<void> {
  const [address] = hostAddresses({ DOMES_HOST: host });
  if (!address) return;
  await using connection = await HostConnection.open(address, { env: { ...env, ...login } });
  const { exitStatus, stderr } = await connection.run([
    ...['env', 'LC_ALL=C', '/bin/sh', '-c', END_SCRIPT],
    ...['domes-end', folder, String(PATIENCE_TENTHS)],
  ]);
  if (exitStatus !== 0)
    throw new HostError('DOMES_KILL', `host ${host} can't end the machine: ${stderr.trim()}`);
}
