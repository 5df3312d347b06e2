/** The prompt of ISOLINUX and SYSLINUX, `boot: `, at which the name of an entry is typed. SYSLINUX core/ui.inc. */
import type { Console, WaitOptions } from '../../expect/console.ts';

const PROMPT = /boot: $/;

export class SyslinuxPrompt {
  readonly #console: Console;

  private constructor(console: Console) {
    this.#console = console;
  }

  /** Waits for the prompt. @throws as Console.expect does. */
  static async open(console: Console, wait?: WaitOptions): Promise<SyslinuxPrompt> {
    await console.expect(PROMPT, wait);
    return new SyslinuxPrompt(console);
  }

  /** Boots the entry of this name, with arguments behind those that it has. @throws TypingError. */
  async boot(entry: string, append = '', wait?: WaitOptions): Promise<void> {
    await this.#console.sendLine([entry, append].filter(Boolean).join(' '), wait);
  }
}
