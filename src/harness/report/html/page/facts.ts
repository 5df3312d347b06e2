/** What the machine was: accelerator, versions, digests, load, command line. */
import { printableLine } from '../../../../printable.ts';
import type { Fact, MachineView, ScenarioView } from '../view.ts';
import { fileLink, h } from './element.ts';

export function factsSection({ machines, host }: ScenarioView): HTMLElement {
  return h(
    'section',
    { class: 'about', 'aria-label': 'Machine and host' },
    h('h2', {}, 'Machine and host'),
    h(
      'div',
      { class: 'cards' },
      ...machines.map((machine) =>
        h(
          'div',
          { class: 'card' },
          h('h3', {}, machine.name),
          factList(machine.facts),
          ...argv(machine),
          requests(machine),
          guestLogs(machine),
          ...trouble(machine),
        ),
      ),
      host && h('div', { class: 'card' }, h('h3', {}, 'Host'), factList(host)),
    ),
  );
}

function factList(facts: readonly Fact[]): HTMLElement {
  return h(
    'dl',
    { class: 'facts' },
    ...facts.flatMap(([name, value]) => [h('dt', {}, name), h('dd', {}, printableLine(value))]),
  );
}

/** An option and its value on one line. */
function argv({ argv: processes }: MachineView): HTMLElement[] {
  return processes.map((args, index) =>
    h(
      'details',
      {},
      h(
        'summary',
        {},
        processes.length > 1 ? `Command line of process ${index + 1}` : 'Command line of QEMU',
      ),
      h(
        'pre',
        {},
        args
          .map((arg, at) => (at === 0 ? arg : `${arg.startsWith('-') ? ' \\\n  ' : ' '}${quoted(arg)}`))
          .join(''),
      ),
    ),
  );
}

function quoted(arg: string): string {
  return /^[\w@%+=:,./-]+$/.test(arg) ? arg : `'${arg.replace(/'/g, `'\\''`)}'`;
}

/** What the guest asked its own web server for. */
function requests({ requests: all }: MachineView): HTMLElement | undefined {
  if (all.length === 0) return undefined;
  const lines = all.map(
    ({ atMs, method, path, status, bytes, complete }) =>
      `${(atMs / 1000).toFixed(3).padStart(9)}  ${status}  ${printableLine(`${method} ${path}`)}  ${bytes} B${complete ? '' : ', cut off'}`,
  );
  return h(
    'details',
    {},
    h('summary', {}, `${all.length} requests to its web server`),
    h('pre', {}, lines.join('\n')),
  );
}

function guestLogs({ guestLogs: all }: MachineView): HTMLElement | undefined {
  if (all.length === 0) return undefined;
  return h(
    'details',
    {},
    h('summary', {}, `${all.length} logs of the guest`),
    h('ul', {}, ...all.map(({ name, href }) => h('li', {}, fileLink(printableLine(name), href)))),
  );
}

function trouble({ cleanupTrouble }: MachineView): HTMLElement[] {
  return cleanupTrouble.map((text) => h('p', { class: 'warning' }, 'Cleaning up: ', printableLine(text)));
}
