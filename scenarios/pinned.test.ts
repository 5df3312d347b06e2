/** A pinned machine: its time is counted in instructions, so that two runs print the same bytes, time stamps included. */
import { beforeAll, checkpoint, expect, type Machine, test } from '../src/harness/index.ts';

// A pinned machine runs on this host.
beforeAll(() => {
  delete process.env.DOMES_HOST;
});

const PINNED = { boot: 'direct', determinism: 'pinned' } as const;

test.for([
  { from: 'direct', boot: PINNED, machine: {} },
  // A menu counts down, GRUB reads Xen, a kernel and its initramfs.
  { from: 'its disk, an SD card', boot: { ...PINNED, boot: 'disk' }, machine: { diskBus: 'sd' } },
] as const)(
  'two boots, $from, print the same bytes when nothing is typed',
  async ({ boot, machine }, { launch }) => {
    const boots: string[] = [];
    for (const name of ['first', 'second']) {
      const booted = await launch('slim-dom0', { ...boot, machine: { ...machine, name } });
      const { before } = await booted.console().expect(/slim-dom0: ready/);
      boots.push(before);
      await booted[Symbol.asyncDispose]();
    }
    expect(boots[0]).toMatch(/\[ +\d+\.\d{6}\] Linux version/);
    expect(boots[1]).toBe(boots[0]);
  },
);

const pinnedReady = checkpoint('pinned-ready', { image: 'slim-dom0', launch: PINNED }, async (machine) => {
  await machine.shell();
});

test('what is typed while it stands still is answered the same in every fork, to the count of each interrupt', async ({
  resume,
}) => {
  const executed = await resume(pinnedReady);
  const answer = await interruptsCounted(executed);
  expect(answer).toMatch(/\d+ +xen-percpu +-virq +timer/);
  const restored = await resume(pinnedReady, { name: 'fork' });
  expect(restored.restoredFrom?.name).toBe('pinned-ready');
  for (let fork = 0; fork < 10; fork++) expect(await interruptsCounted(restored)).toBe(answer);
});

/** What the guest says when asked, with 16 bytes, how often each of its interrupts has come. */
async function interruptsCounted(machine: Machine): Promise<string> {
  const console = machine.console('shell');
  await machine.startOver(() => console.send(Buffer.from('cat /p*/interr*\n')));
  return (await console.expect(/PIW: .*/)).before;
}
