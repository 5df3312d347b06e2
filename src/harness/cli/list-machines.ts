/** `domes ps`. */
import { type RunningMachine, runningMachines } from '../machine/card.ts';
import { ageText } from './age.ts';
import { consoleText } from './find-machine.ts';
import { alignedRows } from './rows.ts';

export function listMachines({ json }: { json: boolean }): void {
  const machines = runningMachines();
  if (json) {
    process.stdout.write(`${JSON.stringify({ machines: machines.map(asData) }, undefined, 2)}\n`);
    return;
  }
  if (machines.length === 0) {
    process.stdout.write('no machine is running\n');
    return;
  }
  process.stdout.write(
    alignedRows([
      ['ID', 'MACHINE', 'STATE', 'MILESTONE', 'AGE', 'PID', 'CONSOLES', 'FOR'],
      ...machines.map(asRow),
    ]),
  );
}

function asRow({ id, card }: RunningMachine): string[] {
  const { milestone, scenario } = card;
  return [
    id,
    card.name,
    card.paused === undefined ? 'running' : 'paused',
    milestone ? `${milestone.name} ${(milestone.atMs / 1000).toFixed(1)} s` : '–',
    secondsOrMore(Date.now() - Date.parse(card.startedAt)),
    card.qemu ? String(card.qemu.pid) : `on ${card.host}`,
    card.consoles.map(consoleText).join(', '),
    scenario ? `${scenario.file} › ${scenario.test}` : 'by hand',
  ];
}

/** A machine rarely runs for longer than minutes. */
function secondsOrMore(ms: number): string {
  return ms < 60_000 ? `${Math.floor(ms / 1000)} s` : ageText(ms);
}

/** As programs read it. */
function asData({ id, folder, card }: RunningMachine): object {
  const { schema: _, there: __, qemu, consoles, ...rest } = card;
  return {
    id,
    ...rest,
    ...(qemu && { pid: qemu.pid }),
    consoles: consoles.map((console) => ({ ...console, socket: `${folder}/${console.name}.sock` })),
  };
}
