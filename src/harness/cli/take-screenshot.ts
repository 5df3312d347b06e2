/** The work of `domes screenshot`: asks the runner of the machine, which alone reaches its QEMU. */
import { connect } from 'node:net';
import { join, relative } from 'node:path';
import { text } from 'node:stream/consumers';
import { HostError, ScenarioError } from '../../errors.ts';
import { type RunningMachine, runningMachines } from '../machine/card.ts';
import { SCREEN_SOCKET, type ScreenReply } from '../machine/screenshots.ts';
import { findMachine } from './find-machine.ts';

/** @throws ScenarioError for a machine that is not there or has no screen; HostError when none can be taken. */
export async function takeScreenshot(
  called: string | undefined,
  { json = false }: { readonly json?: boolean },
): Promise<void> {
  const running = runningMachines();
  const withScreen = running.filter(({ card }) => card.screen);
  const machine = findMachine(called, called === undefined && withScreen.length > 0 ? withScreen : running);
  const { card, folder } = machine;
  if (!card.screen)
    throw new ScenarioError(`machine "${card.name}" has no screen to take a picture of`, {
      next: "have it launched with machine: { display: 'vga' }",
    });
  const reply = await askFor(folder).catch((cause: Error) => {
    throw failed(card, cause.message, cause);
  });
  if ('error' in reply) throw failed(card, reply.error);
  const shown = relative(process.cwd(), reply.file);
  process.stdout.write(json ? `${JSON.stringify({ machine: card.name, file: reply.file })}\n` : `${shown}\n`);
}

async function askFor(folder: string): Promise<ScreenReply> {
  const socket = connect(join(folder, SCREEN_SOCKET));
  return JSON.parse(await text(socket)) as ScreenReply;
}

function failed({ name }: RunningMachine['card'], why: string, cause?: Error): HostError {
  return new HostError('DOMES_SCREENSHOT', `no picture of ${name}: ${why}`, {}, { cause });
}
