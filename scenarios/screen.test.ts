/** What a person in front of the machine would see: the screen beside the consoles, as pictures in the report. */
import { readFileSync } from 'node:fs';
import { expect, KnownFailureError, test } from '../src/harness/index.ts';

test('a dom0 that panics writes its last words on the screen too', async ({ launch }) => {
  const machine = await launch('slim-dom0', {
    boot: 'direct',
    machine: { display: 'vga' },
    append: { vmlinuz: 'console=tty0 rdinit=/missing root=/dev/xvda1' },
  });
  await machine.reach('hypervisor');
  const firmware = readFileSync(await machine.screenshot('the firmware'));

  const failure = await machine.shell().catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(KnownFailureError);
  expect(failure).toMatchObject({ failureClass: 'kernel/no-root-device' });
  const panic = readFileSync(await machine.screenshot('the panic'));
  // A screen full of text is a larger picture than its first two lines.
  expect(panic.length).toBeGreaterThan(2 * firmware.length);
});
