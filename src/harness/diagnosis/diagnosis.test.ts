import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Console } from '../../expect/console.ts';
import { Transcript } from '../../expect/transcript.ts';
import type { WireSink } from '../../expect/wire.ts';
import { watchFor } from '../console/sightings.ts';
import { Diagnosis } from './diagnosis.ts';

/** A system console under diagnosis, and the hand that makes it print. */
function diagnosed() {
  const diagnosis = new Diagnosis();
  const console = new Console('console', new Transcript({ clock: () => 0 }), { interrupt: diagnosis });
  watchFor(console, diagnosis.sightings(console, 'system'));
  let sink: WireSink | undefined;
  console.attach({
    open: (opened) => {
      sink = opened;
    },
    send: () => {},
    close: () => {},
  });
  return {
    diagnosis,
    console,
    print: (text: string | Uint8Array) => sink?.bytes(Buffer.from(text as string)),
  };
}

const NO_KERNEL =
  '(XEN) Panic on CPU 0:\r\n(XEN) dom0 kernel not specified. Check bootloader configuration.\r\n';

describe('diagnosis', () => {
  test('a fatal line ends the wait at once, with its class', async () => {
    const { console, print } = diagnosed();
    const wait = console.expect('login: ');
    print(`(XEN) Xen version 4.17\r\n(XEN) ****\r\n${NO_KERNEL}`);
    await expect(wait).rejects.toMatchObject({
      name: 'KnownFailureError',
      failureClass: 'hypervisor/no-dom0-kernel',
      blame: 'guest',
    });
  });

  test('a wait that starts after it fails at once too', async () => {
    const { console, print } = diagnosed();
    print(NO_KERNEL);
    await expect(console.expect('login: ')).rejects.toMatchObject({
      failureClass: 'hypervisor/no-dom0-kernel',
    });
  });

  test('the finding holds the evidence: its line, its number, both parts of a two-line message', () => {
    const { diagnosis, print } = diagnosed();
    print(`first\r\nsecond\r\n${NO_KERNEL}`);
    expect(diagnosis.findings).toMatchObject([
      {
        class: 'hypervisor/no-dom0-kernel',
        severity: 'fatal',
        expected: false,
        evidence: {
          console: 'console',
          line: 3,
          text: '(XEN) Panic on CPU 0: (XEN) dom0 kernel not specified. Check bootloader configuration.',
        },
      },
    ]);
  });

  test('what was awaited before the fatal line still counts', async () => {
    const { console, print } = diagnosed();
    const wait = console.expect('almost there');
    print(`almost there\r\n${NO_KERNEL}`);
    await expect(wait).resolves.toMatchObject({ text: 'almost there' });
  });

  test('an expected class is noted and ends no wait', async () => {
    const { console, diagnosis, print } = diagnosed();
    diagnosis.expect('hypervisor/no-dom0-kernel');
    const wait = console.expect('rebooting');
    print(`${NO_KERNEL}rebooting`);
    await expect(wait).resolves.toMatchObject({ text: 'rebooting' });
    expect(diagnosis.findings.map(({ expected }) => expected)).toEqual([true]);
  });

  test('the class does not depend on how the bytes were split', () => {
    const text = Buffer.from(
      `noise\r\n[    2.1] Kernel panic - not syncing: VFS: Unable to mount root fs on (0,0)\r\nmore`,
    );
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: text.length - 1 })), (cuts) => {
        const { diagnosis, print } = diagnosed();
        let from = 0;
        for (const cut of [...new Set(cuts), text.length].sort((a, b) => a - b)) {
          print(text.subarray(from, cut));
          from = cut;
        }
        expect(diagnosis.findings.map((finding) => finding.class)).toEqual(['kernel/no-root-device']);
      }),
    );
  });
});
