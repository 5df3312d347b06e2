/**
 * From the checkpoint `installed-xen` (a plain Linux that has just installed Xen) to the login prompt of a Debian guest
 * with a disk and a network card: the story's own steps, each one timed.
 */
import { appendFileSync } from 'node:fs';
import { DEBIAN, KERNEL, makeReady } from '../../scenarios/story/debian-guest.ts';
import { installedXen, ROOT, rebootToXenEntry } from '../../scenarios/story/rpm-dom0.ts';
import { type Machine, openDom0, test } from '../../src/harness/index.ts';
import { MARKS, type Mark, ROUNDS } from './mark.ts';

for (let round = 1; round <= Number(process.env[ROUNDS]); round++)
  test(`round ${round}`, async ({ resume }) => {
    const machine = await resume(installedXen);
    const shell = await machine.shell();
    const { marks, mark } = stopwatch(machine);

    await rebootToXenEntry(machine, shell);
    mark('entry chosen in the menu');
    await machine.console().expect(/\(XEN\) Xen version/);
    mark("Xen's first line");
    await machine.console().expect(/Linux version/);
    mark("dom0's kernel");
    await machine.logIn(ROOT);
    mark('logged in to dom0');
    const dom0 = await openDom0(machine);
    await makeReady(dom0.shell);
    mark('bridge, kernel copied');
    const guest = await dom0.guest({ ...DEBIAN, ...KERNEL });
    mark('guest created, unpaused');
    await guest.reach('guest-kernel');
    mark("guest's kernel");
    await guest.expect(/login: /);
    mark("guest's login prompt");
    appendFileSync(process.env[MARKS] as string, `${JSON.stringify(marks)}\n`);
  });

function stopwatch({ clock, emulation }: Machine) {
  const marks: Mark[] = [];
  const [wallMs, cpuMs] = [clock(), emulation.cpuMs];
  const mark = (what: string) =>
    void marks.push({ what, wallMs: clock() - wallMs, qemuCpuMs: emulation.cpuMs - cpuMs });
  return { marks, mark };
}
