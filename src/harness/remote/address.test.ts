import { describe, expect, test } from 'vitest';
import { ScenarioError } from '../../errors.ts';
import { hostAddresses } from './address.ts';

const read = (DOMES_HOST?: string) => hostAddresses({ DOMES_HOST });

function complaint(text: string): string {
  try {
    return JSON.stringify(read(text));
  } catch (error) {
    expect(error).toBeInstanceOf(ScenarioError);
    return (error as ScenarioError).summary;
  }
}

test('without it, machines run here', () => {
  expect([read(), read(''), read(' ')]).toEqual([[], [], []]);
});

test('a host, with all of its parts and with as few as there may be', () => {
  expect(read('ssh://me@lab.example.org:2222/var/lab*3')).toEqual([
    {
      ...{ name: 'ssh://me@lab.example.org:2222', user: 'me', host: 'lab.example.org', port: 2222 },
      ...{ places: 3, folder: '/var/lab' },
    },
  ]);
  expect(read('ssh://lab')).toEqual([{ name: 'ssh://lab', host: 'lab', places: 1 }]);
});

test('several, in their order, with spaces or without', () => {
  const hosts = read('ssh://x@a*2, ssh://x@b*1,ssh://x@[2001:db8::1]:2200');
  expect(hosts.map(({ host, places }) => [host, places])).toEqual([
    ['a', 2],
    ['b', 1],
    ['2001:db8::1', 1],
  ]);
});

describe('a mistake is named with the part that it is in', () => {
  test.each([
    ['lab', '"lab": it is no ssh:// address'],
    ['http://lab', '"http://lab": it is no ssh:// address'],
    ['ssh://', '"ssh://": it names no host'],
    ['ssh://a,,ssh://b', '"": an empty part between commas'],
    ['ssh://x@a*0', '"ssh://x@a*0": "0" is no number of places from 1 to 1000'],
    ['ssh://x@a*two', '"ssh://x@a*two": "two" is no number of places from 1 to 1000'],
    ['ssh://x@a*', '"ssh://x@a*": "" is no number of places from 1 to 1000'],
    ['ssh://x@a:99999', '"ssh://x@a:99999": it is no ssh:// address'],
    ['ssh://x:secret@a', '"ssh://x:…@a": a password does not belong here'],
    ['ssh://x@a?places=2', '"ssh://x@a?places=2": "?places=2" means nothing here'],
    ['ssh://x@a:22,ssh://x@a:22*2', '"ssh://x@a:22": it is there twice'],
  ])('%s', (text, expected) => {
    expect(complaint(text)).toBe(`DOMES_HOST: ${expected}`);
  });
});
