/** The transfers of a connection: by SFTP over one channel of it, or plainly where there is no such server. */
import type { SFTPWrapper } from 'ssh2';
import { type DomesError, GuestError } from '../../errors.ts';
import type { WaitOptions } from '../../expect/reader.ts';
import type { SshCommand } from './command.ts';
import type { GuestFiles } from './guest-files.ts';
import { outcome, type Until } from './line.ts';
import { plainFiles } from './plain-files.ts';
import { sftpFiles } from './sftp-files.ts';

export interface TransfersParts {
  readonly until: Until;
  /** Resolves when the connection is gone. */
  readonly closed: Promise<void>;
  /** The error for what was under way then. */
  readonly gone: (doing: string) => DomesError;
  readonly start: (command: string) => Promise<SshCommand>;
  /** Opens a channel. Rejects with DOMES_SSH_REFUSED where there is no such server. */
  readonly sftp: () => Promise<SFTPWrapper>;
}

export class Transfers {
  readonly #parts: TransfersParts;
  #files: Promise<GuestFiles> | undefined;
  #sftp: SFTPWrapper | undefined;

  constructor(parts: TransfersParts) {
    this.#parts = parts;
  }

  /** @throws what `work` and `until` do; SshDroppedError. */
  async transfer(
    doing: string,
    work: (files: GuestFiles) => Promise<void>,
    options?: WaitOptions,
  ): Promise<void> {
    const { until, closed, gone } = this.#parts;
    this.#files ??= this.#open();
    const done = this.#files.then(work);
    done.catch(() => {});
    const cut = closed.then(() => {
      throw gone(doing);
    });
    try {
      await outcome(until, doing, Promise.race([done, cut]), options);
    } catch (error) {
      // What is under way can't be called off but with its channel; the next one opens another.
      if (!(error instanceof GuestError) || error.code !== 'DOMES_SSH_TRANSFER') {
        this.#files = undefined;
        this.#sftp?.end();
      }
      throw error;
    }
  }

  async #open(): Promise<GuestFiles> {
    const plain = plainFiles(this.#parts.start);
    try {
      this.#sftp = await this.#parts.sftp();
      this.#sftp.on('error', () => {});
    } catch (error) {
      if (error instanceof GuestError && error.code === 'DOMES_SSH_REFUSED') return plain;
      throw error;
    }
    return sftpFiles(this.#sftp, plain);
  }
}
