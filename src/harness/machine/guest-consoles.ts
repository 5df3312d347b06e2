/** Consoles for guests, beside those that a machine has anyway. */
import { ScenarioError } from '../../errors.ts';
import { CHANNEL_PORTS, type ConsolePorts, consolesOfRole } from '../console/port.ts';

/**
 * The consoles, with so many for guests among them. More of them get names of their own (`guest-2`) and the ports that
 * are left.
 * @throws ScenarioError for a count that is none, or more than there are ports.
 */
export function withGuestConsoles(consoles: ConsolePorts, count: number): ConsolePorts {
  if (!Number.isInteger(count) || count < 0)
    throw new ScenarioError(`guestConsoles is ${JSON.stringify(count)}: expected a whole number`);
  const used = new Set(Object.values(consoles).map(({ port }) => port));
  const free = CHANNEL_PORTS.filter((port) => !used.has(port));
  const all = { ...consoles };
  for (let nth = consolesOfRole(consoles, 'guest').length + 1; nth <= count; nth++) {
    const port = free.shift();
    if (!port)
      throw new ScenarioError(
        `guestConsoles is ${count}: a machine has room for ${nth - 1} consoles of guests`,
      );
    all[nextName(all, nth)] = { port, role: 'guest' };
  }
  return all;
}

function nextName(consoles: ConsolePorts, nth: number): string {
  const name = nth === 1 ? 'guest' : `guest-${nth}`;
  return name in consoles ? nextName(consoles, nth + 1) : name;
}
