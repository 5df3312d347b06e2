import { expect, test } from 'vitest';
import { scriptedConsole } from '../../expect/testing/scripted-guest.ts';
import { watchFor } from './sightings.ts';

test('what is watched for is seen wherever the bytes are cut, in its order, whatever the scenario reads', () => {
  for (let cut = 1; cut < 40; cut++) {
    const { guest, console } = scriptedConsole();
    const seen: string[] = [];
    const note = (match: { text: string }) => seen.push(match.text);
    watchFor(console, [
      { pattern: /Linux version \d\.\d/, seen: note },
      { pattern: /panic: [^\n]*\n/, seen: note },
    ]);
    console.skip();
    guest.print('panic: a\nLinux version 6.1\nLinux version 6.1\npanic: b\n', [cut, cut + 7]);
    expect(seen).toEqual(['panic: a\n', 'Linux version 6.1', 'Linux version 6.1', 'panic: b\n']);
  }
});

test('it is seen before any wait looks at the same bytes, though the wait was there first', () => {
  const { guest, console } = scriptedConsole();
  const order: string[] = [];
  console.onChange(() => order.push('wait'));
  watchFor(console, [{ pattern: /panic/, seen: () => order.push('sighting') }]);
  guest.print('panic');
  expect(order).toEqual(['sighting', 'wait']);
});

test('nothing to look for costs nothing', () => {
  const { guest, console } = scriptedConsole();
  watchFor(console, []);
  guest.print('ready');
  expect(console.transcript.text(0)).toBe('ready');
});
