/** From the arrival of a fatal line to the failed wait, on a real crash of dom0. */
import { openDom0 } from '../../src/harness/xen/dom0.ts';
import { median } from '../median.ts';
import { measured } from './drive.ts';

export async function benchFatalLine(rounds: number): Promise<void> {
  const delays: number[] = [];
  for (let round = 0; round < rounds; round++)
    await measured({ boot: 'direct', machine: { cpu: 'max' } }, async (machine) => {
      await openDom0(machine).catch(() => {});
      const failedAtMs = machine.clock();
      delays.push(failedAtMs - (machine.diagnosis.findings[0]?.evidence.atMs ?? Number.NaN));
    });
  const worst = Math.max(...delays).toFixed(1);
  console.log(
    `fatal line to the failed wait: median ${median(delays).toFixed(1)} ms, worst ${worst} ms (target < 100 ms)`,
  );
}
