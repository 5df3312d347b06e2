/** `domes kill` and `domes resume`. */
import { HostError, ScenarioError } from '../../errors.ts';
import { type RunningMachine, removeCard, runningMachines } from '../machine/card.ts';
import { askToResume } from '../machine/pause.ts';
import { endFarMachine } from '../remote/end-machine.ts';
import { isAlive, type ProcessIdentity } from '../runner/process-identity.ts';
import { findMachine } from './find-machine.ts';

/** QEMU ends within this when it is asked to; after that it is made to. */
const ASKED_MS = 3_000;
/** A killed process is gone within this, or hangs in the kernel. */
const MADE_MS = 2_000;
const LOOK_MS = 50;

export async function killMachines(
  called: readonly string[],
  { all = false, json = false }: { all?: boolean; json?: boolean },
): Promise<void> {
  if (all === called.length > 0)
    throw new ScenarioError(all ? '--all and names exclude each other' : 'say which machine, or --all', {
      next: 'npx domes ps shows those that are running',
    });
  const running = runningMachines();
  const wanted = all ? running : [...new Set(called.map((name) => findMachine(name, running)))];
  for (const machine of wanted) {
    await end(machine);
    if (!json) process.stdout.write(`ended ${machine.card.name} (${machine.id})\n`);
  }
  if (json)
    process.stdout.write(`${JSON.stringify(wanted.map(({ id, card }) => ({ id, name: card.name })))}\n`);
  else if (wanted.length === 0) process.stdout.write('no machine is running\n');
}

/** @throws ScenarioError when no machine, or not only one, is paused. */
export function resumeMachine(called: string | undefined): void {
  const running = runningMachines();
  const paused = running.filter(({ card }) => card.paused !== undefined);
  if (called === undefined && paused.length === 0) throw new ScenarioError('no machine is paused');
  const machine = findMachine(called, called === undefined ? paused : running);
  if (machine.card.paused === undefined)
    throw new ScenarioError(`machine "${machine.card.name}" is not paused: it runs`);
  askToResume(machine.folder);
  process.stdout.write(`${machine.card.name} goes on\n`);
}

/** By QEMU's own way of ending, which writes its disks out; its runner sees that it is gone. */
async function end(machine: RunningMachine): Promise<void> {
  const { name, host, there, qemu } = machine.card;
  if (host !== undefined && there) {
    await endFarMachine({ host, ...there });
    removeCard(machine);
  }
  if (!qemu) return;
  for (const [signal, ms] of [
    ['SIGTERM', ASKED_MS],
    ['SIGKILL', MADE_MS],
  ] as const) {
    if (!isAlive(qemu)) return;
    process.kill(qemu.pid, signal);
    if (await isGone(qemu, ms)) return;
  }
  throw new HostError(
    'DOMES_KILL',
    `QEMU of ${name} (process ${qemu.pid}) does not end: it hangs in the host's kernel`,
  );
}

/** Another process's end has no event that an unrelated one could wait for; a few looks at /proc do. */
function isGone(qemu: ProcessIdentity, withinMs: number): Promise<boolean> {
  const until = performance.now() + withinMs;
  return new Promise((resolve) => {
    const looking = setInterval(() => {
      const gone = !isAlive(qemu);
      if (!gone && performance.now() < until) return;
      clearInterval(looking);
      resolve(gone);
    }, LOOK_MS);
  });
}
