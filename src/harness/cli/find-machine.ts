/** A running machine, by what a person calls it. */
import { ScenarioError } from '../../errors.ts';
import { nearestName } from '../image/nearest-name.ts';
import { type RunningMachine, runningMachines } from '../machine/card.ts';

/**
 * The machine of this name or id; without one, the only one there is.
 * @throws ScenarioError when there is none, or more than one: the message names them.
 */
export function findMachine(
  called?: string,
  all: readonly RunningMachine[] = runningMachines(),
): RunningMachine {
  const found =
    called === undefined ? all : all.filter(({ id, card }) => id === called || card.name === called);
  const [only] = found;
  if (only && found.length === 1) return only;
  if (only)
    throw new ScenarioError(
      `${found.length} machines ${called === undefined ? 'are running' : `are called "${called}"`}: say which by its id`,
      { next: `one of: ${found.map(({ id, card }) => `${id} (${card.name})`).join(', ')}` },
    );
  if (called === undefined || all.length === 0)
    throw new ScenarioError('no machine is running', {
      next: 'npx domes boot IMAGE boots one; DOMES_PAUSE=on-failure keeps the one of a test that fails',
    });
  const near = nearestName(
    called,
    all.flatMap(({ id, card }) => [card.name, id]),
  );
  throw new ScenarioError(`no machine "${called}" is running${near ? ` (did you mean "${near}"?)` : ''}`, {
    next: 'npx domes ps shows those that are',
  });
}

/** The console of that name, or of the guest of that name; without one, the system's own. @throws ScenarioError with the nearest right name. */
export function findConsole({ card }: RunningMachine, called?: string): string {
  const names = card.consoles.map(({ name }) => name);
  if (called === undefined) {
    const system = card.consoles.find(({ role }) => role === 'system') ?? card.consoles[0];
    return system?.name ?? 'console';
  }
  if (names.includes(called)) return called;
  const ofGuest = card.consoles.find(({ guest }) => guest === called);
  if (ofGuest) return ofGuest.name;
  const near = nearestName(called, [...names, ...card.consoles.flatMap(({ guest = [] }) => guest)]);
  throw new ScenarioError(
    `machine "${card.name}" has no console "${called}"${near ? ` (did you mean "${near}"?)` : ''}`,
    { next: `its consoles are: ${card.consoles.map(consoleText).join(', ')}` },
  );
}

/** `shell`, and `guest (debian)` where a guest has it. */
export function consoleText({ name, guest }: RunningMachine['card']['consoles'][number]): string {
  return guest === undefined || guest === name ? name : `${name} (${guest})`;
}
