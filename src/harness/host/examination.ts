/** What `domes doctor` finds out about this host, as data. */
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { availableParallelism, freemem, loadavg, totalmem } from 'node:os';
import { DomesError } from '../../errors.ts';
import { chooseAccelerator } from './accelerator.ts';
import { tryAccelerator } from './accelerator-probe.ts';
import { findProgram, installLine, missingPrograms, programsFor } from './programs.ts';
import { isAtLeast, OLDEST_QEMU, QEMU, qemuVersion } from './qemu-version.ts';

export interface Check {
  readonly name: string;
  /** `trouble` has to be mended; `note` is worth knowing. */
  readonly state: 'fine' | 'note' | 'trouble';
  /** What was found, in a phrase. */
  readonly found: string;
  /** The command that mends it. */
  readonly mend?: string;
}

/** Less memory than this, free, is too little for a machine with 1 GiB and the harness beside it. */
const WANTED_MEMORY_MIB = 1536;

/**
 * Examines programs, QEMU, accelerator, processor and memory. Boots a test sector in QEMU, twice.
 * @param tools programs that recipes need beyond those that every run does.
 */
export async function examineHost(tools: readonly string[]): Promise<Check[]> {
  return [node(), ...programs(tools), ...(await emulator()), processor(), await memory()];
}

function node(): Check {
  const { engines } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
    engines: { node: string };
  };
  const needed = /[\d.]+/.exec(engines.node)?.[0] ?? '0.0';
  const found = `${process.version}, needed is ${engines.node}`;
  return { name: 'node', state: isAtLeast(process.versions.node, needed) ? 'fine' : 'trouble', found };
}

function programs(tools: readonly string[]): Check[] {
  const needed = [...new Set([...programsFor('run'), ...programsFor('recipe'), ...tools])];
  const missing = missingPrograms(needed);
  const mend = missing.length > 0 ? { mend: installLine(missing) } : {};
  return needed.map((name): Check => {
    const lack = missing.find(({ program }) => program === name);
    if (!lack) return { name, state: 'fine', found: findProgram(name) ?? 'present' };
    return { name, state: 'trouble', found: `missing: ${lack.why}`, ...mend };
  });
}

async function emulator(): Promise<Check[]> {
  const qemu = findProgram(QEMU);
  if (!qemu) return [];
  try {
    const version = await qemuVersion(qemu);
    const recent = isAtLeast(version, OLDEST_QEMU);
    const trial = await tryAccelerator('tcg', qemu);
    const { accelerator, why } = await chooseAccelerator({ fresh: true });
    return [
      {
        name: 'QEMU version',
        state: recent ? 'fine' : 'trouble',
        found: recent ? version : `${version}, needed is ${OLDEST_QEMU} or later`,
      },
      {
        name: 'test boot in tcg',
        state: trial.works ? 'fine' : 'trouble',
        found: trial.works ? `works, took ${(trial.tookMs / 1000).toFixed(1)} s` : trial.why,
      },
      {
        name: 'accelerator',
        state: accelerator === 'kvm' ? 'fine' : 'note',
        found: `${accelerator} (${why})`,
      },
    ];
  } catch (error) {
    if (!(error instanceof DomesError)) throw error;
    return [{ name: 'QEMU', state: 'trouble', found: error.summary }];
  }
}

function processor(): Check {
  const cores = availableParallelism();
  const [load = 0] = loadavg();
  const info = readFileSync('/proc/cpuinfo', 'utf8');
  const virtualization = /\b(vmx|svm)\b/.exec(info)?.[1] ?? 'no vmx or svm';
  const busy = load > cores;
  return {
    name: 'processor',
    state: busy ? 'note' : 'fine',
    found: `${cores} cores, ${virtualization}, load ${load.toFixed(1)}${busy ? ': timings will be off' : ''}`,
  };
}

async function memory(): Promise<Check> {
  const meminfo = await readFile('/proc/meminfo', 'utf8').catch(() => '');
  const available = Number(/^MemAvailable:\s+(\d+) kB/m.exec(meminfo)?.[1] ?? freemem() / 1024) / 1024;
  const enough = available >= WANTED_MEMORY_MIB;
  const found = `${Math.round(available)} MiB of ${Math.round(totalmem() / 2 ** 20)} MiB available`;
  return {
    name: 'memory',
    state: enough ? 'fine' : 'trouble',
    found: enough ? found : `${found}; a machine needs ${WANTED_MEMORY_MIB} MiB`,
  };
}
