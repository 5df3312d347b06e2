/** The wires of a machine: the streams to its monitor, its consoles and its network, as QEMU is told of them. */
import { escapeCommas } from './comma.ts';

export interface Wires {
  /** Options of a chardev of kind `socket`: `fd=3`, or `path=/a/socket`. */
  readonly qmp: string;
  /** Console name → the same, the firmware console included. */
  readonly consoles: ReadonlyMap<string, string>;
  /** The netdev `cable`, to the network process; a machine with a network has it. */
  readonly cable?: string | undefined;
}

/** What QEMU inherits: the numbers of already connected sockets. */
export interface InheritedSockets {
  readonly qmp: number;
  /** Console name → file descriptor, the firmware console included. */
  readonly consoles: ReadonlyMap<string, number>;
  /** To the network process. */
  readonly cable?: number | undefined;
}

/** @param logFile where QEMU itself keeps the raw bytes of a console, safe from our own death. */
export function inheritedWires(
  { qmp, consoles, cable }: InheritedSockets,
  logFile: (console: string) => string,
): Wires {
  const logged = ([name, fd]: readonly [string, number]) =>
    [name, `fd=${fd},logfile=${escapeCommas(logFile(name))},logappend=on`] as const;
  return {
    qmp: `fd=${qmp}`,
    consoles: new Map([...consoles].map(logged)),
    cable: cable === undefined ? undefined : `socket,id=cable,fd=${cable}`,
  };
}
