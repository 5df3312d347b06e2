/** Eight guests at once in one dom0, each with a console of its own. */
import { checkpoint, type Dom0, expect, openDom0, test, type XenGuest } from '../src/harness/index.ts';

const NAMES = ['adam', 'berta', 'cesar', 'dora', 'emil', 'frieda', 'gustav', 'heinrich'];
const LINES = 200;

const manyConsoles = checkpoint(
  'many-consoles',
  {
    image: 'slim-dom0',
    launch: { boot: 'direct', guestConsoles: NAMES.length, machine: { memoryMiB: 2048 } },
  },
  async (machine) => {
    await openDom0(machine);
  },
);

function created(dom0: Dom0, name: string): Promise<XenGuest> {
  return dom0.guest({
    name,
    memory: 96,
    kernel: '/root/vmlinux',
    ramdisk: '/root/guest.img',
    extra:
      'console=hvc0 loglevel=6 mitigations=off audit=0 nokaslr rodata=off noreplace-smp iommu=noaperture',
  });
}

test('eight guests boot, are typed at and asserted on at once, and no line is lost or mixed', {
  timeout: 600_000,
}, async ({ resume }) => {
  const machine = await resume(manyConsoles);
  const dom0 = await openDom0(machine);
  const patience = { timeout: 300_000 };
  const guests: XenGuest[] = [];
  for (const name of NAMES) guests.push(await created(dom0, name));
  const shells = await Promise.all(guests.map((guest) => guest.shell(patience)));
  expect((await dom0.list()).map(({ name }) => name)).toEqual(['Domain-0', ...NAMES]);

  // All at once: what each prints is its own, whole and in order.
  const outputs = await Promise.all(
    shells.map((shell, at) =>
      shell.succeed(
        `i=0; while [ $i -lt ${LINES} ]; do i=$((i+1)); echo "line $i of ${NAMES[at]}"; done`,
        patience,
      ),
    ),
  );
  for (const [at, output] of outputs.entries())
    expect(output.split('\n')).toEqual(
      Array.from({ length: LINES }, (_, index) => `line ${index + 1} of ${NAMES[at]}`),
    );

  const kernels = await Promise.all(guests.map((guest) => guest.reach('guest-kernel')));
  expect(kernels.map(({ name }) => name)).toEqual([
    'guest-kernel',
    ...NAMES.slice(1).map((name) => `guest-kernel (${name})`),
  ]);
});
