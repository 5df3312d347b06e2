/** The way into a guest by ssh: through dom0, which can reach its address. */
import { ExpectTimeoutError } from '../../errors.ts';
import { DEFAULT_TIMEOUT_MS, type WaitOptions } from '../../expect/console.ts';
import { SshAccess, type SshOptions } from '../ssh/access.ts';
import type { Drop, Line, NoLine, SshPlace } from '../ssh/line.ts';
import type { Ssh } from '../ssh/ssh.ts';
import type { Dom0 } from './dom0.ts';
import type { XenGuest } from './guest.ts';

export interface GuestSshOptions extends SshOptions {
  /** Its address, as dom0 can reach it. Default: what the guest's own shell says. */
  readonly address?: string;
}

const SSH_PORT = 22;

/** One line for each address, also by busybox; those of the loopback device are of scope `host`. */
const ADDRESSES = 'ip -4 -o addr show scope global';

export class GuestSsh implements AsyncDisposable {
  readonly #guest: XenGuest;
  readonly #dom0: Dom0;
  readonly #access: SshAccess;
  #address: string | undefined;

  constructor(guest: XenGuest, dom0: Dom0) {
    this.#guest = guest;
    this.#dom0 = dom0;
    this.#access = new SshAccess({
      place: (_, wait) => this.#place(wait),
      shell: (wait) => guest.shell(wait),
    });
  }

  /** See XenGuest.ssh. */
  async connect({ address = this.#address, ...options }: GuestSshOptions = {}): Promise<Ssh> {
    this.#address = address;
    return this.#access.connect(options);
  }

  /** The guest is gone, or is another one: what is open is closed. Idempotent, never throws. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#access[Symbol.asyncDispose]();
  }

  async #place(wait: WaitOptions): Promise<SshPlace> {
    const { name, console } = this.#guest;
    this.#address ??= await addressOf(this.#guest, wait);
    const address = this.#address;
    return {
      name: `guest "${name}" of ${this.#dom0.machine.name}`,
      until: console.until.bind(console),
      open: () => this.#line(address),
    };
  }

  async #line(address: string): Promise<Line | NoLine> {
    const way = await this.#dom0.ssh();
    const line = await way.line(SSH_PORT, address);
    if ('noLine' in line) return line;
    return { stream: line.stream, whyDropped: () => line.whyDropped() ?? this.#whyDropped() };
  }

  #whyDropped(): Drop | undefined {
    if (!this.#access.isOver) return undefined;
    return { because: 'machine-ended', blame: 'scenario', cause: 'the guest has ended' };
  }
}

/** Asks the guest until it has an address. Each question takes its own time, so this does not spin. */
async function addressOf(
  guest: XenGuest,
  { timeout = DEFAULT_TIMEOUT_MS, ...wait }: WaitOptions,
): Promise<string> {
  const until = performance.now() + timeout;
  const shell = await guest.shell({ ...wait, timeout });
  for (;;) {
    const { output } = await shell.run(ADDRESSES, wait);
    const address = /\binet (\d+\.\d+\.\d+\.\d+)\//.exec(output)?.[1];
    if (address !== undefined) return address;
    if (performance.now() < until) continue;
    throw new ExpectTimeoutError(`guest "${guest.name}" has no address`, timeout, {
      doing: ADDRESSES,
      console: guest.console.name,
      lastLines: guest.console.transcript.tail(6),
      next: "give it a network card (vif: 'bridge=xenbr0') and an address, or say which: guest.ssh({ address })",
    });
  }
}
