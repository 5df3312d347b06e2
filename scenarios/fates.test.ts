/** Four fates of one dom0, at the same time: each machine is a fork of one checkpoint, and changes nothing for the others. */
import { expect, type Machine, openDom0, test } from '../src/harness/index.ts';
import { dom0Up } from './story/rpm-dom0.ts';

const COLD = { timeout: 900_000 };
/** As many emulations as there are fates share the host's processors. */
const PATIENCE = { timeout: 120_000 };

test(
  'four guests of one dom0: one lives, one has no kernel, one no memory, one no root',
  COLD,
  async ({ resume }) => {
    const [living, ...others] = await Promise.all(
      ['living', 'no kernel', 'no memory', 'no root'].map((name) => resume(dom0Up, { name })),
    );
    const [noKernel, noMemory, noRoot] = others;
    await Promise.all([
      lives(living as Machine),
      isRefused(
        noKernel as Machine,
        's|^kernel.*|kernel = "/root/nothing"|',
        'toolstack/kernel-file-not-found',
      ),
      isRefused(noMemory as Machine, 's|^memory.*|memory = 4000|', 'toolstack/domain-out-of-memory'),
      panics(noRoot as Machine),
    ]);
  },
);

async function lives(machine: Machine): Promise<void> {
  const dom0 = await openDom0(machine);
  const guest = await dom0.guest('/root/guest.cfg', PATIENCE);
  const shell = await guest.shell(PATIENCE);
  expect(await shell.succeed('cat /sys/hypervisor/guest_type')).toBe('PV');
  expect((await dom0.list()).map(({ name }) => name)).toEqual(['Domain-0', guest.name]);
}

async function isRefused(machine: Machine, edit: string, failureClass: string): Promise<void> {
  await expect(editedGuest(machine, edit)).rejects.toMatchObject({ failureClass });
}

async function panics(machine: Machine): Promise<void> {
  const panicked = machine.expectFailure('guest-kernel/no-root-device');
  await editedGuest(machine, '/^ramdisk/d; s|^extra = "|&root=/dev/xvda1 |');
  expect((await panicked(PATIENCE)).evidence.console).toBe('guest');
}

/** A guest whose configuration was changed by a sed script. */
async function editedGuest(machine: Machine, edit: string) {
  const dom0 = await openDom0(machine);
  await dom0.shell.succeed(`sed '${edit}' /root/guest.cfg > /tmp/edited.cfg`);
  return dom0.guest('/tmp/edited.cfg', PATIENCE);
}
