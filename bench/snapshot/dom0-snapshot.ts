/** A dom0 that is saved at its shell, in a folder that goes with it. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LaunchOptions, launchMachine } from '../../src/harness/machine/launch.ts';
import type { MachineContext } from '../../src/harness/machine/machine.ts';
import type { Snapshot } from '../../src/harness/snapshot/snapshot.ts';
import type { SnapshotKind } from '../../src/harness/snapshot/snapshot-record.ts';
import { takeSnapshot } from '../../src/harness/snapshot/take-snapshot.ts';
import { openDom0 } from '../../src/harness/xen/dom0.ts';

export class Dom0Snapshots implements AsyncDisposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'domes-bench-snapshot-'));
  #count = 0;

  place(name: string): string {
    return join(this.folder, `${name}-${++this.#count}`);
  }

  made(name: string): string {
    const path = this.place(name);
    mkdirSync(path, { mode: 0o700 });
    return path;
  }

  context(): MachineContext {
    const logFolder = this.made('logs');
    return { logFolder, logFolderShown: logFolder };
  }

  /** Boots a dom0 and saves it `rounds` times, going on each time. Returns the last snapshot, and what it took, ms. */
  async save(
    kind: SnapshotKind,
    rounds = 1,
  ): Promise<{ snapshot: Snapshot; saveMs: number[]; onMs: number[] }> {
    // A state inside the disks needs one; Xen and its modules come with the boot loader then.
    const options: LaunchOptions = kind === 'vmstate' ? { boot: 'disk' } : { boot: 'direct' };
    const context = { ...this.context(), ramFile: this.place('ram') };
    await using one = await launchMachine('slim-dom0', context, options);
    const { machine } = one;
    if (kind === 'vmstate') {
      const grub = await machine.grub();
      await grub.select(/Xen/);
      grub.boot();
    }
    const dom0 = await openDom0(machine);
    // What a restored kernel says is then its own.
    await dom0.shell.succeed('dmesg -c > /dev/null');
    const saveMs: number[] = [];
    const onMs: number[] = [];
    for (;;) {
      const began = performance.now();
      const snapshot = await takeSnapshot(machine, this.made('snapshot'), { kind });
      saveMs.push(performance.now() - began);
      if (saveMs.length === rounds) return { snapshot, saveMs, onMs };
      const since = performance.now();
      await machine.goOn(snapshot, { ramFile: this.place('ram') });
      await dom0.shell.succeed(':');
      onMs.push(performance.now() - since);
      rmSync(snapshot.folder, { recursive: true });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
