/** Replays a capsule for a person at a terminal, or as data. */
import { once } from 'node:events';
import { resolve } from 'node:path';
import { CapsuleError, type DomesError, ScenarioError } from '../../errors.ts';
import { printableLine } from '../../printable.ts';
import type { Difference } from '../replay/difference.ts';
import { type Capsule, openCapsule } from '../replay/open-capsule.ts';
import { type Replay, type ReplayResult, replayCapsule } from '../replay/replay-run.ts';
import { cancelledBySignals } from './cancel.ts';
import { EXIT } from './exit-code.ts';

interface Wishes {
  readonly until?: string;
  readonly from?: string;
  readonly save?: boolean;
  readonly gdb?: string | true;
  readonly json?: boolean;
}

/** @returns the exit code: 0 identical, 1 different, 2 unusable. */
export async function replayFolder(
  folder: string,
  { until, from, save = false, gdb, json = false }: Wishes,
): Promise<number> {
  using cancel = cancelledBySignals();
  const say = (line: string) => void (json ? process.stderr : process.stdout).write(`${line}\n`);
  try {
    const capsule = await openCapsule(resolve(folder));
    say(heading(capsule));
    const address = typeof gdb === 'string' ? gdbAddress(gdb) : undefined;
    await using replay = await replayCapsule(capsule, {
      signal: cancel.signal,
      save,
      ...(until !== undefined && { until }),
      ...(from !== undefined && { from }),
      ...(address && {
        debugger: { address: address.forQemu, onListening: () => say(waiting(address.forGdb)) },
      }),
    });
    if (json) process.stdout.write(`${JSON.stringify(replay.result, undefined, 2)}\n`);
    else process.stdout.write(rendered(replay.result, capsule));
    if (save && replay.result.isPaused) say(`saved: npx domes replay ${folder} --from ${until}`);
    if (replay.result.isPaused && !json) await holdPaused(replay, cancel.signal, say);
    return replay.result.is === 'identical' ? EXIT.ok : EXIT.trouble;
  } catch (error) {
    if (!(error instanceof CapsuleError) && !(error instanceof ScenarioError)) throw error;
    return unusable(error, json);
  }
}

function waiting(address: string): string {
  return `it waits before its first instruction for a debugger: gdb -ex 'target remote ${address}' -ex continue`;
}

function unusable(error: DomesError, json: boolean): number {
  if (json) {
    const { code, summary, facts } = error;
    process.stdout.write(`${JSON.stringify({ is: 'unusable', code, summary, ...facts }, undefined, 2)}\n`);
  } else process.stderr.write(`domes: ${error.withoutBlame}\n`);
  return EXIT.usage;
}

function heading({ record }: Capsule): string {
  const { scenario, image, qemuVersion, recordedAt } = record;
  const what = [scenario.file, scenario.name].filter(Boolean).join(' › ') || image.name;
  const [version] = qemuVersion.split(' ');
  return printableLine(`replaying ${what} · recorded ${recordedAt} · ${image.name} · QEMU ${version}`);
}

function rendered(result: ReplayResult, { record }: Capsule): string {
  const { is, bytes, consoles, milestones, difference, trouble, tookMs } = result;
  const reached = `${milestones.length} of ${record.milestones.length} milestones`;
  const where = result.isPaused ? ', paused there' : '';
  const took = `${(tookMs / 1000).toFixed(1)} s`;
  const lines = [
    `${is}: ${bytes} bytes on ${consoles} consoles, ${reached}${where} (${took})`,
    ...(difference ? differenceLines(difference) : []),
    ...(trouble ? [`  ${printableLine(trouble)}`] : []),
  ];
  return `${lines.join('\n')}\n`;
}

function differenceLines({ console, offset, line, recorded, replayed }: Difference): string[] {
  return [
    `  console   ${console}, byte ${offset}, line ${line}`,
    `  recorded  ${recorded ?? '(nothing more)'}`,
    `  replayed  ${replayed ?? '(nothing more)'}`,
  ];
}

/** The machine stands still until the person has seen enough. */
async function holdPaused(
  { consoleFolder }: Replay,
  signal: AbortSignal,
  say: (line: string) => void,
): Promise<void> {
  say(`its consoles: socat -,raw,echo=0,escape=0x1d UNIX-CONNECT:${consoleFolder}/console.sock`);
  say('Ctrl-C ends it');
  // Sockets of the machine don't keep this process alive, and there is no other work to do.
  const alive = setInterval(() => {}, 2 ** 30);
  if (!signal.aborted) await once(signal, 'abort');
  clearInterval(alive);
}

/** A port is one of this host's own: a debugger has the whole machine in its hand. */
function gdbAddress(wanted: string): { forQemu: string; forGdb: string } {
  if (/^\d{1,5}$/.test(wanted)) return { forQemu: `tcp:127.0.0.1:${wanted}`, forGdb: `127.0.0.1:${wanted}` };
  if (wanted.startsWith('/')) return { forQemu: `unix:${wanted},server=on,wait=off`, forGdb: wanted };
  throw new ScenarioError(`--gdb ${wanted}: expected a port or the full path of a socket`);
}
