/**
 * Power-on to the guest's first prompt: through the GRUB menu, directly, and directly without any driver, in turn, so
 * that a noisy host falsifies no ratio.
 */
import { median } from '../median.ts';
import { type BootCost, bootDriven, measured } from './drive.ts';
import { bootUnattended } from './unattended.ts';

const UNATTENDED = { boot: 'direct', append: { vmlinuz: 'unattended=/root/guest.cfg' } } as const;
const PROMPT = /pv-guest> /;

/** Runs `rounds` rounds and prints each arm's median, and the ratio of QEMU's CPU with and without a driver. */
export async function benchBoot(rounds: number): Promise<void> {
  const argv = await unattendedArgv();
  const arms: Record<string, { readonly boot: () => Promise<BootCost>; readonly costs: BootCost[] }> = {
    'GRUB menu': { boot: () => bootDriven('disk'), costs: [] },
    direct: { boot: () => bootDriven('direct'), costs: [] },
    'direct, driven by nothing': { boot: () => bootUnattended(argv, 'guest', PROMPT), costs: [] },
  };
  for (let round = 0; round < rounds; round++)
    for (const { boot, costs } of Object.values(arms)) costs.push(await boot());

  console.log(`boot to the guest's first prompt, median of ${rounds}:`);
  for (const [name, { costs }] of Object.entries(arms)) {
    const of = (pick: (cost: BootCost) => number) => (median(costs.map(pick)) / 1000).toFixed(2);
    const wall = `${of((cost) => cost.wallMs)} s wall`;
    const cpu = `QEMU ${of((cost) => cost.qemuCpuMs)} s CPU, harness ${of((cost) => cost.harnessCpuMs)} s CPU`;
    console.log(`  ${name.padEnd(26)} ${wall}   ${cpu}   ${costs.at(-1)?.timeline ?? ''}`);
  }
  const ratios = arms.direct?.costs.map(
    (cost, round) =>
      cost.qemuCpuMs / (arms['direct, driven by nothing']?.costs[round]?.qemuCpuMs ?? Number.NaN),
  );
  console.log(`  QEMU's CPU, driven / driven by nothing: ${median(ratios ?? []).toFixed(3)} (target ≤ 1.03)`);
}

/** The arguments of an unattended machine, as the harness itself makes them. */
async function unattendedArgv(): Promise<readonly string[]> {
  let argv: readonly string[] = [];
  await measured(UNATTENDED, async (machine) => {
    argv = machine.emulation.processes[0]?.argv ?? [];
  });
  return argv;
}
