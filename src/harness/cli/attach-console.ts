/** `domes attach`. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { HostError } from '../../errors.ts';
import { runningMachines } from '../machine/card.ts';
import { cancelledBySignals } from './cancel.ts';
import { detachByte } from './detach-key.ts';
import { findConsole, findMachine } from './find-machine.ts';
import { terminalSession } from './terminal-session.ts';

/** @throws ScenarioError for a machine or a console that is not there; HostError when it can't be reached. */
export async function attachConsole(
  calledMachine: string | undefined,
  calledConsole: string | undefined,
  { detachKey }: { readonly detachKey: string },
): Promise<void> {
  const detach = detachByte(detachKey);
  const machine = findMachine(calledMachine);
  const name = findConsole(machine, calledConsole);
  const { card, folder } = machine;
  const socket = connect(join(folder, `${name}.sock`));
  try {
    await once(socket, 'connect');
  } catch (cause) {
    throw new HostError(
      'DOMES_ATTACH',
      `cannot reach console "${name}" of ${card.name}: ${(cause as Error).message}`,
    );
  }
  socket.on('error', () => {});
  using cancel = cancelledBySignals();
  process.stderr.write(`[${card.name} ▸ ${name} · ${detachKey} leaves]\r\n`);
  const how = await terminalSession(
    {
      onBytes: (listener) => void socket.on('data', listener),
      send: (bytes) => void socket.write(bytes),
      ended: new Promise((resolve) => socket.once('close', resolve)),
    },
    { input: process.stdin, output: process.stdout },
    { detach, signal: cancel.signal },
  );
  socket.end();
  socket.destroySoon();
  const now = runningMachines().find(({ id }) => id === machine.id);
  process.stderr.write(
    `[${how === 'ended' ? 'the console has ended' : 'left'}: ${whatNow(card.name, now?.card)}]\n`,
  );
}

function whatNow(name: string, card: { readonly paused?: string | undefined } | undefined): string {
  if (!card) return `${name} is gone`;
  if (card.paused === undefined) return `${name} runs on`;
  return `${name} is kept; npx domes resume ${name} goes on, npx domes kill ${name} ends it`;
}
