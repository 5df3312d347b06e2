/** An ssh server for tests, in this process: commands run in a shell of this host, ports are this host's. No SFTP. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket, type Server as TcpServer } from 'node:net';
import ssh2, { type Connection, type ServerChannel } from 'ssh2';
import { newSshKey } from '../key.ts';

/** A command that has ended before the client hears that it was started. */
export const AT_ONCE = 'at once';

export class InProcessServer implements AsyncDisposable {
  password = 'domes';
  /** Whether connections are closed before a word is said, as by a server that is not up. */
  isUp = true;
  /** Connections asked for so far, and commands. */
  asked = 0;
  readonly commands: string[] = [];
  #key = newSshKey();
  readonly #connections = new Set<Connection>();
  readonly #ports = new Set<TcpServer>();
  #listening: Promise<number> | undefined;

  get publicLine(): string {
    return this.#key.publicLine;
  }

  changeKey(): void {
    this.#key = newSshKey();
  }

  /** Where it listens, on 127.0.0.1. */
  port(): Promise<number> {
    this.#listening ??= this.#listen();
    return this.#listening;
  }

  /** A new connection to it. */
  async open(): Promise<Socket> {
    this.asked++;
    const socket = connect(await this.port(), '127.0.0.1');
    await once(socket, 'connect');
    return socket;
  }

  /** Cuts every connection off. */
  cut(): void {
    for (const connection of this.#connections) connection.end();
  }

  get connections(): number {
    return this.#connections.size;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    for (const port of this.#ports) port.close();
  }

  async #listen(): Promise<number> {
    const door = createServer((socket) => {
      socket.on('error', () => {});
      if (this.isUp) this.#serve(socket);
      else socket.destroy();
    });
    this.#ports.add(door);
    door.listen(0, '127.0.0.1');
    await once(door, 'listening');
    return (door.address() as AddressInfo).port;
  }

  #serve(stream: Socket): void {
    const server = new ssh2.Server({ hostKeys: [this.#key.privateText] }, (connection) => {
      this.#connections.add(connection);
      connection.on('error', () => {});
      connection.on('close', () => this.#connections.delete(connection));
      connection.on('authentication', (asked) => {
        const isRight = asked.method === 'password' && asked.password === this.password;
        if (isRight) asked.accept();
        else asked.reject(['password']);
      });
      connection.on('session', (accept) => {
        const session = accept();
        session.on('exec', (accept, _refuse, { command }) => {
          this.commands.push(command);
          const channel = accept();
          if (command === AT_ONCE) {
            channel.exit(3);
            channel.end('at once');
            return;
          }
          const child = run(command, channel);
          session.on('signal', (accept, _refuse, { name }) => {
            accept?.();
            child.kill(`SIG${name}` as NodeJS.Signals);
          });
        });
      });
      connection.on('tcpip', (accept, refuse, { destIP, destPort }) => {
        const socket = connect({ host: destIP, port: destPort, allowHalfOpen: true });
        socket.on('error', () => refuse());
        socket.once('connect', () => {
          const channel = accept();
          channel.pipe(socket).pipe(channel);
        });
      });
      connection.on('request', (accept, refuse, name, info) => {
        if (name !== 'tcpip-forward') return accept?.();
        const { bindAddr, bindPort } = info as { bindAddr: string; bindPort: number };
        const port = createServer({ allowHalfOpen: true }, (socket) => {
          const { port: destPort } = port.address() as { port: number };
          connection.forwardOut(bindAddr, destPort, '127.0.0.1', 0, (error, channel) => {
            if (error) socket.destroy();
            else channel.pipe(socket).pipe(channel);
          });
        });
        this.#ports.add(port);
        connection.on('close', () => port.close());
        port.on('error', () => refuse?.());
        port.listen(bindPort, bindAddr, () => accept?.((port.address() as { port: number }).port));
      });
    });
    server.injectSocket(stream as never);
  }
}

function run(command: string, channel: ServerChannel) {
  const child = spawn('/bin/sh', ['-c', command], { stdio: 'pipe', detached: true });
  channel.pipe(child.stdin);
  child.stdin.on('error', () => {});
  child.stdout.pipe(channel, { end: false });
  child.stderr.pipe(channel.stderr, { end: false });
  child.on('close', (code, signal) => {
    if (signal) channel.exit(signal.replace('SIG', ''), false, '');
    else channel.exit(code ?? 0);
    channel.end();
  });
  const hangUp = () => {
    try {
      process.kill(-(child.pid as number), 'SIGHUP');
    } catch {
      // It has ended.
    }
  };
  channel.on('close', hangUp);
  return child;
}
