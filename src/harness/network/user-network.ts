/**
 * The commands that make and unmake a guest's network in the network process: QEMU's user network (slirp), restricted
 * to what is named here, and the hub port that joins it with the cable.
 */
import { HTTP_ADDRESS } from './http-server.ts';

/** What a guest can reach; everything else is refused (`restrict=on`). */
export interface Reachable {
  /** The web server's socket, as a plain file name in the network process's folder. */
  readonly httpSocket?: string | undefined;
}

/** A QMP command and its arguments. */
export type Command = readonly [command: string, args: Record<string, unknown>];

const USER = 'user';
const USER_PORT = 'user-port';
/**
 * While the server is down: a port of it that leads nowhere (`discard` of RFC 863, and no such socket). Without any, slirp
 * would not answer ARP for its address, and each connection would fail after seconds instead of being refused.
 */
const NOWHERE = { port: 9, socket: 'nowhere.sock' };
/** The hub's number; there is one. */
const HUB = 0;

/** Arguments of the network process: a hub with the cable in it, and no guest. */
export function networkArgv(sockets: { readonly qmp: number; readonly cable: number }): string[] {
  return [
    ...['-name', 'network,process=domes-network'],
    ...['-M', 'none', '-nodefaults', '-no-user-config', '-display', 'none'],
    // Seccomp's "no new privileges" holds for children too. `spawn` can't be denied, since each connection to the web
    // server is a child; nor `elevateprivileges`, which has setsid(2), and slirp gives the child a session of its own.
    ...['-sandbox', 'on,obsolete=deny,resourcecontrol=deny'],
    ...['-chardev', `socket,id=qmp,fd=${sockets.qmp}`, '-mon', 'chardev=qmp,mode=control'],
    ...['-netdev', `socket,id=cable,fd=${sockets.cable}`],
    ...['-netdev', `hubport,id=cable-port,hubid=${HUB},netdev=cable`],
  ];
}

/**
 * Makes the network. No IPv6: slirp would announce itself before the guest is there, and nothing of ours has an
 * address in it.
 */
export function plugIn({ httpSocket }: Reachable, socat: string): readonly Command[] {
  const { port, socket } = httpSocket === undefined ? NOWHERE : { port: 80, socket: httpSocket };
  const guestfwd = [{ str: `tcp:${HTTP_ADDRESS}:${port}-cmd:${relay(socket, socat)}` }];
  return [
    ['netdev_add', { type: 'user', id: USER, restrict: true, ipv6: false, guestfwd }],
    ['netdev_add', { type: 'hubport', id: USER_PORT, hubid: HUB, netdev: USER }],
  ];
}

/** The guest's own address: the first that slirp's DHCP gives, and what an image without DHCP has. */
export const GUEST_ADDRESS = '10.0.2.15';

/** Makes a way in, from a port of this host's loopback address that the system chooses; `restrict` leaves it open. */
export function forwardCommand(guestPort: number): string {
  return `hostfwd_add ${USER} tcp:127.0.0.1:0-${GUEST_ADDRESS}:${guestPort}`;
}

/** The host's port of a way in, as `info usernet` has it: `TCP[HOST_FORWARD]  12  127.0.0.1 40123  10.0.2.15 22 …`. */
export function forwardedPort(usernet: string, guestPort: number): number | undefined {
  for (const [, port, address, to] of usernet.matchAll(
    /TCP\[HOST_FORWARD\]\s+\d+\s+127\.0\.0\.1\s+(\d+)\s+(\S+)\s+(\d+)/g,
  ))
    if (address === GUEST_ADDRESS && Number(to) === guestPort) return Number(port);
  return undefined;
}

/** Takes the network away; its connections are forgotten, and the guest hears of that when it sends something. */
export const UNPLUG: readonly Command[] = [
  ['netdev_del', { id: USER_PORT }],
  ['netdev_del', { id: USER }],
];

/**
 * The command that slirp starts for each connection, with the connection as its standard input and output. That is
 * one socket, so it is opened once (`FD:0`) and a half-close is passed on by shutdown(2): by closing descriptor 1,
 * socat's way with STDIO, the guest would never hear that the server is done. `-t`: how long the other half may take.
 */
function relay(socket: string, socat: string): string {
  return `${shellQuoted(socat)} -b 65536 -t 60 FD:0,shut-down UNIX-CONNECT:${socket}`;
}

/** slirp splits the command as a shell does (g_shell_parse_argv). */
function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
