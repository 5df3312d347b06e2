import { describe, expect, test } from 'vitest';
import { parseDomains, parseInfo, stateOf } from './domain.ts';

const LIST = `Name                                        ID   Mem VCPUs	State	Time(s)
Domain-0                                     0   512     1     r-----       7.1
a guest with spaces                          1   128     2     -b----       0.3
(null)                                       2     0     1     --ps-d       1.0`;

describe('xl list', () => {
  test('gives every domain, spaces in its name or not', () => {
    expect(parseDomains(LIST)).toEqual([
      { name: 'Domain-0', id: 0, memoryMiB: 512, vcpus: 1, state: 'running', flags: 'r-----', cpuMs: 7100 },
      {
        name: 'a guest with spaces',
        id: 1,
        memoryMiB: 128,
        vcpus: 2,
        state: 'blocked',
        flags: '-b----',
        cpuMs: 300,
      },
      { name: '(null)', id: 2, memoryMiB: 0, vcpus: 1, state: 'dying', flags: '--ps-d', cpuMs: 1000 },
    ]);
  });

  test.each([
    ['', 'nothing'],
    ['xl: command not found', 'no table'],
    [`${LIST}\n[1]+  Done   guest-console`, 'a foreign line'],
  ])('is refused when it is %j', (output) => {
    expect(() => parseDomains(output)).toThrow(/cannot read what xl list printed/);
  });
});

test.each([
  ['r-----', 'running'],
  ['------', 'running'],
  ['-b----', 'blocked'],
  ['--p---', 'paused'],
  ['-bp---', 'paused'],
  ['--ps--', 'shutdown'],
  ['---sc-', 'crashed'],
  ['--psc-', 'crashed'],
  ['--ps-d', 'dying'],
])('%s is %s', (flags, state) => {
  expect(stateOf(flags)).toBe(state);
});

describe('xl info', () => {
  test('gives values by key, colons in them or not', () => {
    const info = parseInfo(
      'xen_version            : 4.17.6-pre\nvirt_caps              : pv gnttab-v1\nxen_commandline : com1=115200:8n1',
    );
    expect(info).toEqual({
      xen_version: '4.17.6-pre',
      virt_caps: 'pv gnttab-v1',
      xen_commandline: 'com1=115200:8n1',
    });
  });
});
