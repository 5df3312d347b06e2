/** Where a machine's ssh server is: behind a port of this host that its network forwards. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { HostError, QmpError, ScenarioError } from '../../errors.ts';
import type { Network } from '../network/network.ts';
import type { SshAccess } from '../ssh/access.ts';
import type { Drop, Line, NoLine, SshPlace } from '../ssh/line.ts';
import type { EmulatedMachine } from './emulated-machine.ts';

const SSH_PORT = 22;

/** @throws ScenarioError when the machine has no network. */
export function machinePlace(
  machine: EmulatedMachine,
  network: Network | undefined,
  access: Pick<SshAccess, 'isOver'>,
): SshPlace {
  const { name } = machine;
  if (!network)
    throw new ScenarioError(`machine "${name}" has no network, and so no ssh`, {
      next: "launch it with machine: { network: 'isolated' }",
    });
  const console = machine.console();
  const whyDropped = (era: number) => whyItIsGone(machine, network, { era, isOver: access.isOver });
  return { name, until: console.until.bind(console), open: () => line(network, whyDropped) };
}

async function line(network: Network, whyDropped: (era: number) => Drop | undefined): Promise<Line | NoLine> {
  const port = await network.forwarded(SSH_PORT).catch((error: unknown) => {
    // QEMU is gone, and the wait is about to hear of it; or it is being replaced.
    if (error instanceof QmpError) return undefined;
    throw error;
  });
  if (port === undefined) return { noLine: 'the machine has no network at this moment' };
  const { era } = network;
  const stream = connect(port, '127.0.0.1');
  const refusal = await connected(stream);
  if (refusal) return { noLine: refusal.message };
  return { stream, whyDropped: () => whyDropped(era) };
}

function whyItIsGone(
  { emulation: { departure, exit } }: EmulatedMachine,
  network: Network,
  { era, isOver }: { readonly era: number; readonly isOver: boolean },
): Drop | undefined {
  if (departure) return { because: 'machine-ended', blame: departure.blame, cause: departure.cause };
  if (exit || isOver) return { because: 'machine-ended', blame: 'scenario', cause: 'the machine was ended' };
  const [trouble] = network.trouble;
  if (trouble !== undefined) return { because: 'network-stopped', blame: 'host', cause: trouble };
  if (network.era === era) return undefined;
  const cause = 'a restore, a checkpoint, or the web server stopped or started: each makes the network anew';
  return { because: 'network-stopped', blame: 'scenario', cause };
}

/** Resolves when it stands, or with why it doesn't. */
async function connected(socket: Socket): Promise<Error | undefined> {
  try {
    await once(socket, 'connect');
    return undefined;
  } catch (error) {
    socket.destroy();
    if ((error as NodeJS.ErrnoException).code === 'ECONNREFUSED') return error as Error;
    throw new HostError('DOMES_FORWARD', `cannot connect to 127.0.0.1: ${(error as Error).message}`);
  }
}
