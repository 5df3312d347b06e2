/**
 * How a guest's console comes out of dom0: Xen's own `xenconsole` joins it to one of the machine's ports, which dom0 has
 * as a file.
 */

/** Where the process that has joined a guest's console writes down who it is. */
const NOTES = '/run/domes';

/** What the command prints when the guest has no console. */
export const NO_CONSOLE = 'domes: neither a serial port nor a console of Xen';

/** Where a guest's console leads. */
export interface Joint {
  readonly domid: number;
  /** The machine's console, for the name of a file. */
  readonly console: string;
  /** The port, in dom0. */
  readonly device: string;
}

/**
 * A command line for dom0 that joins a guest's console to a port of the machine, both ways, until the guest is gone. It
 * returns when they are joined: xenconsole then writes a byte to the descriptor it is given for that. It fails with
 * xenconsole's own words when that can't be.
 *
 * Under Debian, Fedora and XCP the program is in a folder of its own, with Xen's version in its name. One that has joined
 * another guest to this port, and has not noticed its end yet (it waits 5 s for the guest to come back), is ended first:
 * a port can be opened once. A Ctrl-] that comes alone ends xenconsole (before Xen 4.18 there is no other choice).
 *
 * xenconsole takes the serial port of an HVM guest and Xen's own console of any other. Where the guest has no such one,
 * the other kind is tried.
 */
export function joinCommand({ domid, console, device }: Joint): string {
  const pid = `${NOTES}/${console}.pid`;
  const words = `${NOTES}/${console}.err`;
  const old = `{ read -r p <${pid} && while kill $p; do :; done; } 2>/dev/null`;
  const join = `setsid "$1" ${domid} $t --interactive --start-notify-fd 3`;
  const ports = `3>&1 <>${device} >&0 2>${words}`;
  const joined = `{ ${join} ${ports} & echo $! > ${pid}; } | head -c 1 | wc -c`;
  const program = 'set -- $(command -v xenconsole) /usr/lib*/xen*/bin/xenconsole';
  // What xenconsole says after 5 s when xenstore has no terminal of the guest's: tools/console/client/main.c.
  const lacks = `grep -q 'tty from store' ${words}`;
  const tried = `for t in '' '-t pv'; do [ "$(${joined})" -eq 1 ] && exit; ${lacks} || { cat ${words}; exit 1; }; done`;
  return `([ -d ${NOTES} ] || mkdir -p ${NOTES}; ${old}; ${program}; ${tried}; echo '${NO_CONSOLE}'; false)`;
}
