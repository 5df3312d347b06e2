/** What `domes doctor` finds out about the hosts of DOMES_HOST. */
import { DomesError } from '../../errors.ts';
import type { Check } from '../host/examination.ts';
import { isAtLeast, OLDEST_QEMU, QEMU } from '../host/qemu-version.ts';
import { type HostAddress, hostAddresses } from './address.ts';
import { HostConnection } from './connection.ts';
import { farAccelerator } from './far-accelerator.ts';
import { Guard } from './guard.ts';

/** `$1`: the machine's folder. One line each: QEMU's version, processors, load, memory in kB, room in kB. */
const LOOK = `
${QEMU} --version | head -n 1
nproc
cut -d ' ' -f 1 /proc/loadavg
sed -n 's/^MemAvailable: *//p' /proc/meminfo
df -Pk "$1" | tail -n 1 | tr -s ' ' | cut -d ' ' -f 4
`;

/** The machine of a scenario with a network has a netdev that is QEMU's since then. */
const QEMU_WITH_NETWORK = '7.2';

/** Examines each of them by logging in, all at once; none where machines run here. Never rejects. */
export async function examineHosts(env: NodeJS.ProcessEnv = process.env): Promise<Check[]> {
  try {
    return await Promise.all(hostAddresses(env).map((address) => examined(address, env)));
  } catch (error) {
    return [{ name: 'DOMES_HOST', state: 'trouble', found: wordsOf(error) }];
  }
}

async function examined(address: HostAddress, env: NodeJS.ProcessEnv): Promise<Check> {
  const name = `host ${address.name}`;
  try {
    await using connection = await HostConnection.open(address, { env });
    await using guard = await Guard.start(connection);
    await connection.listen(`${guard.folder}/doctor`);
    const { stdout } = await connection.run(
      guard.marked(['/bin/sh', '-c', LOOK, 'domes-look', guard.folder]),
    );
    const [line = '', cores, load, memory, room] = stdout.split('\n');
    const version = /version (\d+(?:\.\d+)+)/.exec(line)?.[1] ?? 'of no version';
    const accelerator = await farAccelerator({ connection, guard }, env);
    const found = [
      `QEMU ${version}`,
      accelerator,
      `${cores} cores, load ${load}`,
      `${Math.round(Number.parseInt(memory ?? '', 10) / 1024)} MiB available`,
      `${Math.round(Number(room) / 1000)} MB free`,
      address.places === 1 ? 'one place' : `${address.places} places`,
    ].join(' · ');
    if (!isAtLeast(version, OLDEST_QEMU))
      return { name, state: 'trouble', found: `${found}; needed is QEMU ${OLDEST_QEMU} or later` };
    if (!isAtLeast(version, QEMU_WITH_NETWORK))
      return {
        name,
        state: 'note',
        found: `${found}; a machine with a network needs QEMU ${QEMU_WITH_NETWORK} there`,
      };
    return { name, state: 'fine', found };
  } catch (error) {
    return { name, state: 'trouble', found: wordsOf(error) };
  }
}

function wordsOf(error: unknown): string {
  if (!(error instanceof DomesError)) return (error as Error).message;
  const { summary, facts } = error;
  return facts.next ? `${summary}; ${facts.next}` : summary;
}
