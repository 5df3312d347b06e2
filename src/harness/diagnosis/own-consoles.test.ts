/** Consoles of domes' own runs, byte for byte: what they show, and that healthy ones show nothing. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { LogDiagnosis } from './log-diagnosis.ts';

function findings(name: string) {
  const diagnosis = new LogDiagnosis();
  diagnosis.read(readFileSync(join(import.meta.dirname, 'fixtures', `${name}.log`)));
  return diagnosis.end();
}

test.each([
  ['smap-crashes-dom0', 'hypervisor/dom0-unhandled-fault', '(XEN) d0v0 Unhandled: vec 14, #PF[0001]'],
  [
    'no-root-device',
    'kernel/no-root-device',
    'Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)',
  ],
])('%s: %s', (name, id, evidence) => {
  const [cause] = findings(name);
  expect(cause?.known.id).toBe(id);
  expect(cause?.evidence.text).toContain(evidence);
});

const HEALTHY = ['firmware', 'xen-dom0', 'guest', 'pvgrub', 'shell'].map((name) => `healthy-${name}`);

test.each(HEALTHY)('%s', (name) => {
  expect(findings(name).map(({ known }) => known.id)).toEqual([]);
});
