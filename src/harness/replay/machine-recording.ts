/** The recording of one machine of a test: kept as a capsule or discarded, as the test's end decides. */
import { relative } from 'node:path';
import type { Image } from '../image/image.ts';
import type { LaunchOptions } from '../machine/launch.ts';
import type { Machine } from '../machine/machine.ts';
import { capsuleIn } from '../qemu/recording.ts';
import type { RecordingRecord } from '../report/record.ts';
import { Moments } from './moments.ts';
import { type RecordMode, recordMode } from './record-mode.ts';
import { discardRecording, writeCapsule } from './write-capsule.ts';

/** How the test ended. */
export interface Outcome {
  readonly file?: string;
  readonly name?: string;
  readonly result: 'passed' | 'failed' | 'unknown';
  readonly error?: string;
}

export interface RecordedMachine {
  readonly machine: Machine;
  readonly image: Image;
  /** As given to `launch`. */
  readonly launch: LaunchOptions;
  /** Absolute. */
  readonly logFolder: string;
}

export class MachineRecording {
  readonly record: RecordingRecord;
  readonly #recorded: RecordedMachine;
  readonly #moments: Moments;
  readonly #mode: RecordMode;

  constructor(recorded: RecordedMachine) {
    this.#recorded = recorded;
    this.#moments = new Moments(recorded.machine);
    // What a scenario asks for itself is always kept.
    const asked = recorded.launch.determinism === 'recorded';
    this.#mode = asked ? 'always' : (recordMode() ?? 'always');
    this.record = {
      because: asked ? "determinism: 'recorded'" : `DOMES_RECORD=${this.#mode}`,
      is: 'running',
    };
  }

  /** Call it before the machine is ended. Never throws. */
  async beforeEnd(): Promise<void> {
    await this.#moments[Symbol.asyncDispose]();
  }

  /** Call it when the machine has ended. @throws HostError when the recording is not complete. */
  async conclude({ result, ...scenario }: Outcome): Promise<void> {
    if (this.record.is !== 'running') return;
    const { logFolder } = this.#recorded;
    if (this.#mode === 'on-failure' && result === 'passed') {
      this.record.is = 'discarded';
      await discardRecording(logFolder);
      return;
    }
    this.record.is = 'lost';
    const bytes = await writeCapsule({
      ...this.#recorded,
      moments: this.#moments,
      scenario: { ...scenario, result },
    });
    Object.assign(this.record, {
      is: 'kept',
      capsule: relative(process.cwd(), capsuleIn(logFolder)),
      bytes,
    } satisfies Partial<RecordingRecord>);
  }
}
