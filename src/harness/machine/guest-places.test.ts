import { describe, expect, test } from 'vitest';
import { ScenarioError } from '../../errors.ts';
import { DEFAULT_CONSOLES } from '../console/port.ts';
import { withGuestConsoles } from './guest-consoles.ts';
import { GuestPlaces } from './guest-places.ts';

const consoles = withGuestConsoles(DEFAULT_CONSOLES, 2);
let now = 0;
const places = () => new GuestPlaces({ name: 'm', consoles }, () => now);

describe('consoles for guests', () => {
  test('are added until there are so many, each at a port of its own', () => {
    expect(withGuestConsoles({ guest: { port: 'channel1', role: 'guest' } }, 3)).toEqual({
      guest: { port: 'channel1', role: 'guest' },
      'guest-2': { port: 'channel2', role: 'guest' },
      'guest-3': { port: 'channel3', role: 'guest' },
    });
    expect(withGuestConsoles(DEFAULT_CONSOLES, 0)).toEqual(DEFAULT_CONSOLES);
  });

  test('take names that are not taken', () => {
    const named = withGuestConsoles({ guest: { port: 'com2', role: 'shell' } }, 1);
    expect(named['guest-2']).toEqual({ port: 'channel1', role: 'guest' });
  });

  test.each([[17], [-1], [1.5]])('%j of them are refused', (count) => {
    expect(() => withGuestConsoles(DEFAULT_CONSOLES, count)).toThrow(ScenarioError);
  });
});

describe('the places of guests', () => {
  test('are given in order, and again when they are left', () => {
    const all = places();
    expect([all.take('a'), all.take('b')]).toEqual(['guest', 'guest-2']);
    expect(all.hasFree()).toBe(false);
    expect(() => all.take('c')).toThrow(
      'machine "m" has no console for guest "c": guest has guest "a", guest-2 has guest "b"',
    );
    all.leave('guest');
    expect(all.take('c')).toBe('guest');
    expect(all.consoleOf('c')).toBe('guest');
    expect(all.consoleOf('a')).toBeUndefined();
  });

  test('can be chosen, when they are there and free', () => {
    const all = places();
    expect(all.take('a', 'guest-2')).toBe('guest-2');
    expect(() => all.take('b', 'guest-2')).toThrow('guest-2 has guest "a"');
    expect(() => all.take('b', 'console')).toThrow('"console" is none of its consoles for guests');
  });

  test('are those of then in a state that the machine goes back to', () => {
    const all = places();
    all.take('a');
    const { saved } = all;
    all.leave('guest');
    all.take('b', 'guest-2');
    all.goBack(saved);
    expect(all.saved).toEqual([{ console: 'guest', guest: 'a', sinceMs: now }]);
    expect(new GuestPlaces({ name: 'm', consoles }, () => now, saved).consoleOf('a')).toBe('guest');
  });

  test('name the milestones: the first guest has those of the machine, others have their own', () => {
    const all = places();
    const reached = new Map<string, { console: string; atMs: number }>();
    const nameOf = (console: string) =>
      all.milestoneName('guest-kernel', console, (name) => reached.get(name));
    expect(nameOf('console')).toBe('guest-kernel');
    all.take('a');
    all.take('b');
    expect([nameOf('guest'), nameOf('guest-2')]).toEqual(['guest-kernel', 'guest-kernel (b)']);
    now = 10;
    reached.set('guest-kernel', { console: 'guest', atMs: now });
    // Once more by the same guest it is no other milestone.
    expect(nameOf('guest')).toBe('guest-kernel');
    expect(
      new GuestPlaces({ name: 'm', consoles }, () => now, all.saved).milestoneName(
        'guest-kernel',
        'guest',
        (name) => reached.get(name),
      ),
    ).toBe('guest-kernel');
    now = 20;
    all.begin('guest', 'a');
    expect(nameOf('guest')).toBe('guest-kernel (a)');
    all.leave('guest');
    all.take('c');
    expect(nameOf('guest')).toBe('guest-kernel (c)');
  });
});
