/** A machine of a test, from when it runs: what is said of it while it does, and what is kept of it when it has ended. */
import type { Launched, LaunchOptions } from '../machine/launch.ts';
import type { Machine } from '../machine/machine.ts';
import { machineRecord } from '../machine/machine-record.ts';
import { MachineRecording, type Outcome } from '../replay/machine-recording.ts';
import type { MachineRecord } from '../report/record.ts';
import type { MachineEvents } from './machine-events.ts';

export interface OwnMachineParts {
  /** Where its logs are, relative to the run's folder. */
  readonly folder: string;
  /** The same, absolute. */
  readonly logFolder: string;
  /** As given to `launch`. */
  readonly launch: LaunchOptions;
  readonly events: MachineEvents;
}

export class OwnMachine {
  readonly machine: Machine;
  readonly events: MachineEvents;
  readonly #launched: Launched;
  readonly #folder: string;
  readonly #recording: MachineRecording | undefined;
  readonly #trouble: string[] = [];

  constructor(launched: Launched, { folder, logFolder, launch, events }: OwnMachineParts) {
    const { machine, image } = launched;
    this.machine = machine;
    this.events = events;
    this.#launched = launched;
    this.#folder = folder;
    events.follow(machine);
    // Of a restored one it is known only now from what.
    machine.card.write();
    const isRecorded = machine.spec.determinism === 'recorded';
    this.#recording = isRecorded ? new MachineRecording({ machine, image, launch, logFolder }) : undefined;
  }

  /** Ends it, and its recording as the test has ended. Idempotent, never throws. */
  async end(outcome: () => Outcome): Promise<void> {
    await this.#recording?.beforeEnd();
    try {
      await this.#launched[Symbol.asyncDispose]();
      await this.#recording?.conclude(outcome());
    } catch (error) {
      this.#trouble.push((error as Error).message);
    }
    this.events[Symbol.dispose]();
  }

  record(): MachineRecord {
    const { machine, image } = this.#launched;
    const trouble = [...machine.cleanupTrouble, ...this.#trouble];
    return {
      ...machineRecord(machine, image, this.#folder, trouble),
      ...(this.#recording && { recording: this.#recording.record }),
    };
  }
}
