/** What Xen's toolstack says about its domains, as `xl` prints it. */
import { GuestError } from '../../errors.ts';

/**
 * What a domain does. `running`: it has a processor, or would like one. `blocked`: it waits for something to happen.
 * `shutdown`: it has ended by itself, and is kept. `dying`: Xen is taking it apart.
 */
export type DomainState = 'running' | 'blocked' | 'paused' | 'shutdown' | 'crashed' | 'dying';

export interface Domain {
  readonly name: string;
  readonly id: number;
  readonly memoryMiB: number;
  readonly vcpus: number;
  readonly state: DomainState;
  /** As xl(1) shows it: r running, b blocked, p paused, s shut down, c crashed, d dying; `-` for what it isn't. */
  readonly flags: string;
  /** CPU time that it has used, ms; xl tells tenths of a second. */
  readonly cpuMs: number;
}

/** Parses `xl list`. @throws GuestError when it is not in the form that xl(1) shows. */
export function parseDomains(output: string): Domain[] {
  const [head, ...rows] = output.split('\n').filter((line) => line.trim() !== '');
  if (!head?.startsWith('Name')) throw notUnderstood('xl list', output);
  return rows.map((row) => {
    const columns = /^(.*?)\s+(\d+)\s+(\d+)\s+(\d+)\s+([-a-z]{6})\s+([\d.]+)\s*$/.exec(row);
    if (!columns) throw notUnderstood('xl list', row);
    const [, name = '', id, memory, vcpus, flags = '', seconds] = columns;
    return {
      name,
      id: Number(id),
      memoryMiB: Number(memory),
      vcpus: Number(vcpus),
      state: stateOf(flags),
      flags,
      cpuMs: Math.round(Number(seconds) * 1000),
    };
  });
}

/** Several letters may be set: the one that says most counts. None: it can run, and another has the processor. */
export function stateOf(flags: string): DomainState {
  if (flags.includes('d')) return 'dying';
  if (flags.includes('c')) return 'crashed';
  if (flags.includes('s')) return 'shutdown';
  if (flags.includes('p')) return 'paused';
  return flags.includes('b') ? 'blocked' : 'running';
}

/**
 * What became of a domain, by its number: while Xen takes it apart it has no name. `gone`: there is no such domain.
 */
export function stateIn(domains: readonly Domain[], domid: number): DomainState | 'gone' {
  return domains.find(({ id }) => id === domid)?.state ?? 'gone';
}

/** Parses `xl info`: `key : value` lines. */
export function parseInfo(output: string): Record<string, string> {
  const pairs = output.split('\n').flatMap((line) => {
    const at = line.indexOf(':');
    return at > 0 ? [[line.slice(0, at).trim(), line.slice(at + 1).trim()] as const] : [];
  });
  return Object.fromEntries(pairs);
}

function notUnderstood(command: string, text: string): GuestError {
  return new GuestError(
    'DOMES_TOOLSTACK',
    `cannot read what ${command} printed: ${JSON.stringify(text.slice(0, 200))}`,
    {
      doing: command,
    },
  );
}
