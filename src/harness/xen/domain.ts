/** What Xen's toolstack says about its domains, as `xl` prints it. */
import { GuestError } from '../../errors.ts';

export interface Domain {
  readonly name: string;
  readonly id: number;
  readonly memoryMiB: number;
  readonly vcpus: number;
  /** xl(1): r running, b blocked, p paused, s shut down, c crashed, d dying; `-` for what it isn't. */
  readonly state: string;
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
    const [, name = '', id, memory, vcpus, state = '', seconds] = columns;
    const cpuMs = Math.round(Number(seconds) * 1000);
    return { name, id: Number(id), memoryMiB: Number(memory), vcpus: Number(vcpus), state, cpuMs };
  });
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
