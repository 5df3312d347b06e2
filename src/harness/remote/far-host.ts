/** A host that is reached over ssh, as the place of one machine: one connection, one guard, one place in its queue. */
import { basename } from 'node:path';
import { HostError } from '../../errors.ts';
import type { Accelerator } from '../host/accelerator-probe.ts';
import { megabytes } from '../image/megabytes.ts';
import type { MachineHost } from '../qemu/machine-host.ts';
import { complaint } from '../qemu/qemu-img.ts';
import type { StartQemu } from '../qemu/started-qemu.ts';
import type { HostAddress } from './address.ts';
import { HostConnection, unlessAborted } from './connection.ts';
import { distinctHosts } from './distinct-hosts.ts';
import { farAccelerator } from './far-accelerator.ts';
import { Guard } from './guard.ts';
import { type PlaceOptions, takePlace } from './places.ts';
import { startThere } from './start-there.ts';
import { bring } from './store.ts';
import { take } from './take.ts';
import type { There } from './there.ts';

/** A file that is worth a word while it is sent. */
const LARGE_BYTES = 1_000_000;

export class FarHost implements MachineHost {
  readonly name: string;
  readonly folder: string;
  readonly #connection: HostConnection;
  readonly #guard: Guard;
  readonly #place: AsyncDisposable;
  readonly #onWait: PlaceOptions['onWait'];
  readonly #brought = new Map<string, string>();
  /** What comes from there and is not here yet; none of them rejects. */
  readonly #fetching: Promise<void>[] = [];
  #sentBytes = 0;
  #collected = 0;
  #isOver = false;

  private constructor(
    connection: HostConnection,
    guard: Guard,
    place: AsyncDisposable,
    onWait: PlaceOptions['onWait'],
  ) {
    this.name = connection.address.name;
    this.folder = guard.folder;
    this.#connection = connection;
    this.#guard = guard;
    this.#place = place;
    this.#onWait = onWait;
  }

  /**
   * Waits for a place on one of the hosts, and connects to it.
   * @throws HostError when the host can't be reached or can't keep a machine; HostSetupError when programs are missing
   * there; ScenarioError when all places are this process's own, or two of the hosts are one; AbortError.
   */
  static async open(
    addresses: readonly HostAddress[],
    options: Omit<PlaceOptions, 'home'> = {},
  ): Promise<FarHost> {
    const { signal } = options;
    const place = await takePlace(await distinctHosts(addresses), options);
    let connection: HostConnection | undefined;
    try {
      connection = await HostConnection.open(place.address, { signal });
      return new FarHost(connection, await Guard.start(connection, { signal }), place, options.onWait);
    } catch (error) {
      await connection?.[Symbol.asyncDispose]();
      await place[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** What had to be sent so far. */
  get sentBytes(): number {
    return this.#sentBytes;
  }

  readonly accelerator = (): Promise<Accelerator> => farAccelerator(this.#there);

  readonly bring: MachineHost['bring'] = async (file, options) => {
    const onSent = (bytes: number, total: number) => {
      if (bytes === 0 && total >= LARGE_BYTES)
        this.#onWait?.(`sends ${basename(file)} to ${this.name}, ${megabytes(total)}`);
    };
    const { path, sentBytes } = await bring(file, this.#there, { ...options, onSent });
    this.#sentBytes += sentBytes;
    this.#brought.set(file, path);
    return path;
  };

  readonly pathOf: MachineHost['pathOf'] = (file) => this.#brought.get(file) ?? file;

  readonly collect: MachineHost['collect'] = async (to, write) => {
    const file = `${this.folder}/collected-${++this.#collected}`;
    await write(file);
    await take(file, to, this.#there);
  };

  readonly qemuImg: MachineHost['qemuImg'] = async (args, { signal }) => {
    const argv = this.#guard.marked(['qemu-img', ...args]);
    const { stderr, exitStatus } = await this.#connection.run(argv, { signal });
    return exitStatus === 0 ? undefined : complaint(stderr) || `it ended with status ${exitStatus}`;
  };

  readonly startQemu: StartQemu = (spec, logFile, options) =>
    unlessAborted(
      startThere(
        { ...this.#there, onFetch: (fetching) => void this.#fetching.push(fetching) },
        spec,
        logFile,
        options,
      ),
      options.signal,
    );

  /**
   * Ends what runs there and removes what is left; rejects, once, when the host can't be reached for that, and its guard
   * does it alone. Idempotent.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    // Over a slow line it takes longer than anybody waits for QEMU's end.
    await Promise.all(this.#fetching);
    await this.#guard[Symbol.asyncDispose]();
    await this.#connection[Symbol.asyncDispose]();
    await this.#place[Symbol.asyncDispose]();
    const [trouble] = this.#guard.trouble;
    if (trouble !== undefined) throw new HostError('DOMES_HOST_LOST', trouble);
  }

  get #there(): There {
    return { connection: this.#connection, guard: this.#guard };
  }
}
