import { expect, test } from 'vitest';
import { ScenarioError } from '../../errors.ts';
import { parseVms, runningVm } from './xe.ts';

/** In the form of https://github.com/xcp-ng/xcp/issues/656 and /465: right-aligned keys, two blank lines between records. */
const LIST = [
  'uuid ( RO)           : b1ecaf45-0a0f-b17b-5587-39efb49aa033',
  '     name-label ( RW): PQ-UIO1-R1.IXP-Manager - 10.42.101.82',
  '    power-state ( RO): running',
  '         dom-id ( RO): 31',
  '',
  '',
  'uuid ( RO)           : 0633ac6e-b374-fa16-8c96-4cfcda8b2e61',
  '     name-label ( RW): netbsd',
  '    power-state ( RO): halted',
  '         dom-id ( RO): -1',
  '',
  '',
  'uuid ( RO)           : 11111111-b374-fa16-8c96-4cfcda8b2e61',
  '     name-label ( RW): twin',
  '    power-state ( RO): running',
  '         dom-id ( RO): 4',
  '',
  '',
  'uuid ( RO)           : 22222222-b374-fa16-8c96-4cfcda8b2e61',
  '     name-label ( RW): twin',
  '    power-state ( RO): suspended',
  '         dom-id ( RO): -1',
  '',
  '',
];

test.each(['\n', '\r\n'])('the list of xe, its lines ended by %j', (end) => {
  const vms = parseVms(LIST.join(end));
  expect(vms).toHaveLength(4);
  expect(vms[0]).toEqual({
    uuid: 'b1ecaf45-0a0f-b17b-5587-39efb49aa033',
    nameLabel: 'PQ-UIO1-R1.IXP-Manager - 10.42.101.82',
    powerState: 'running',
    domid: 31,
  });
  expect(vms[1]).toMatchObject({ nameLabel: 'netbsd', powerState: 'halted', domid: -1 });
});

test('no list is no VMs', () => {
  expect(parseVms('')).toEqual([]);
});

const vms = parseVms(LIST.join('\n'));

test('a VM is found by its name-label, or by its uuid in whatever case', () => {
  expect(runningVm(vms, 'PQ-UIO1-R1.IXP-Manager - 10.42.101.82').domid).toBe(31);
  expect(runningVm(vms, '11111111-B374-FA16-8C96-4CFCDA8B2E61').domid).toBe(4);
});

test.each([
  ['nobody', 'knows no VM "nobody"', '"netbsd"'],
  ['netbsd', 'is halted', 'xe vm-start uuid=0633ac6e'],
  ['22222222-b374-fa16-8c96-4cfcda8b2e61', 'is suspended', 'xe vm-resume uuid=22222222'],
  ['twin', '2 VMs have the name-label', '11111111-b374-fa16-8c96-4cfcda8b2e61 (running)'],
])('%s: %s', (wanted, summary, next) => {
  const join = () => runningVm(vms, wanted);
  expect(join).toThrow(ScenarioError);
  try {
    join();
  } catch (error) {
    expect((error as ScenarioError).summary).toContain(summary);
    expect((error as ScenarioError).facts.next).toContain(next);
  }
});

test('one that is on another host of the pool says so', () => {
  const [first] = vms;
  expect(() => runningVm([{ ...(first as (typeof vms)[number]), domid: -1 }], String(first?.uuid))).toThrow(
    /not on this host/,
  );
});
