/** Which keys there are. */
import { h } from './element.ts';

const KEYS: readonly (readonly [key: string, does: string])[] = [
  ['/', 'search: scenarios, or all consoles of one'],
  ['j  k', 'next, previous scenario'],
  ['u', 'back to all scenarios'],
  ['space', 'play, pause'],
  ['←  →', 'a second back, on; with shift ten'],
  ['[  ]', 'milestone before, next'],
  ['f', 'the moment it failed'],
  ['t', 'consoles as terminals, as text'],
  ['?', 'this list'],
];

let dialog: HTMLDialogElement | undefined;

export function openHelp(): void {
  dialog ??= document.body.appendChild(
    h(
      'dialog',
      { class: 'help', 'aria-label': 'Keys' },
      h('h2', {}, 'Keys'),
      h('dl', {}, ...KEYS.flatMap(([key, does]) => [h('dt', {}, h('kbd', {}, key)), h('dd', {}, does)])),
      h('button', { type: 'button', onclick: () => dialog?.close() }, 'Close'),
    ),
  );
  if (!dialog.open) dialog.showModal();
}
