/** A boot that is broken on purpose: the wait ends at the fatal line, and the error names the layer and the cause. */
import { expect, KnownFailureError, openDom0, test } from '../src/harness/index.ts';

test('a CPU with SMAP crashes dom0, and the wait for its shell says so', async ({ launch }) => {
  const machine = await launch('slim-dom0', { boot: 'direct', machine: { cpu: 'max' } });
  const failure = await openDom0(machine).catch((error: unknown) => error);

  expect(failure).toBeInstanceOf(KnownFailureError);
  expect(failure).toMatchObject({ failureClass: 'hypervisor/dom0-unhandled-fault', blame: 'guest' });
  const [finding] = machine.diagnosis.findings;
  expect(machine.clock() - (finding?.evidence.atMs ?? 0)).toBeLessThan(1_000);
});

test('dom0 with a root= that does not exist panics, and the wait says so', async ({ launch }) => {
  const machine = await launch('slim-dom0');
  const grub = await machine.grub();
  await grub.select(/plain Linux/);
  const editor = await grub.edit();
  // Without its initramfs the kernel looks for a root disk; rdinit= of a missing program has the same end.
  await editor.goTo(/^\s*linux /);
  await editor.type(' rdinit=/missing root=/dev/xvda1');
  editor.boot();

  const failure = await machine.shell().catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(KnownFailureError);
  expect(failure).toMatchObject({ failureClass: 'kernel/no-root-device' });
  expect((failure as KnownFailureError).message).toContain('VFS: Unable to mount root fs');
});
