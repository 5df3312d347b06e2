/** Notes, while a machine is recorded, at which instruction its milestones and its failure were seen. */
import { z } from 'zod';
import type { Machine } from '../machine/machine.ts';
import type { FindingRecord } from '../report/record.ts';

/** Where a recorded run was when something was seen. */
export interface Noted {
  /** So many raw bytes of the console were there. */
  readonly bytes: number;
  instruction?: number;
}

/** Reply of `query-replay` (qapi/replay.json of QEMU). */
const ReplayInfo = z.object({ icount: z.number() });

export class Moments implements AsyncDisposable {
  /** By the milestone's name. */
  readonly milestones = new Map<string, Noted>();
  failure: { readonly finding: FindingRecord; readonly noted: Noted } | undefined;
  endInstruction: number | undefined;
  readonly #machine: Machine;
  readonly #asked: Promise<void>[] = [];
  readonly #stops: (() => void)[];

  constructor(machine: Machine) {
    this.#machine = machine;
    this.#stops = [
      machine.milestones.onNoted(() => this.#noteMilestones()),
      machine.diagnosis.onFinding(() => this.#noteFailure()),
    ];
    this.#noteMilestones();
    this.#noteFailure();
  }

  /** Notes where the run ends; call it before the machine is ended. Idempotent, never throws. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const stop of this.#stops.splice(0)) stop();
    await Promise.all(this.#asked.splice(0));
    this.endInstruction ??= await this.#instruction();
  }

  #noteMilestones(): void {
    for (const { name, console } of this.#machine.milestones.list())
      if (!this.milestones.has(name)) this.milestones.set(name, this.#note(console));
  }

  #noteFailure(): void {
    if (this.failure) return;
    const finding = this.#machine.diagnosis.findings.find(isFailure);
    if (finding) this.failure = { finding, noted: this.#note(finding.evidence.console) };
  }

  #note(console: string): Noted {
    const noted: Noted = { bytes: this.#machine.consoles.get(console)?.transcript.rawBytes ?? 0 };
    const ask = this.#instruction().then((instruction) => {
      if (instruction !== undefined) noted.instruction = instruction;
    });
    this.#asked.push(ask);
    return noted;
  }

  /** `undefined` when QEMU has gone. */
  async #instruction(): Promise<number | undefined> {
    try {
      return ReplayInfo.parse(await this.#machine.qmp.execute('query-replay')).icount;
    } catch {
      return undefined;
    }
  }
}

function isFailure({ severity }: FindingRecord): boolean {
  return severity === 'hard' || severity === 'fatal';
}
