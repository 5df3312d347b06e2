/**
 * Milestones: named points of a boot, each with its time. They are noted as they happen, whether or not a scenario
 * waits for them, and make up the timeline.
 */
import { Listeners } from '../../expect/listeners.ts';
import type { MilestoneRecord } from '../report/record.ts';
import { STAGES, type Stage } from '../stage.ts';

export interface Milestone {
  readonly name: string;
  readonly stage: Stage;
  /** Wall time since QEMU's start, ms. */
  readonly atMs: number;
  /** Of that, time in which the host gave QEMU no processor, ms. */
  readonly hostWaitMs: number;
  /** Virtual time since power-on, ms, read a moment after it was seen; of machines that are not `live`. */
  virtualMs?: number | undefined;
  readonly console: string;
  /** Offset in that console's text behind what proved it. */
  readonly offset: number;
  /** The text that proved it. */
  readonly evidence: string;
  /** Reached before the machine was saved that this one was restored from. */
  readonly isRestored?: boolean;
}

/** How late a milestone may be. */
export interface Budget {
  readonly name: string;
  readonly stage: Stage;
  readonly budgetMs: number;
}

export class Milestones {
  readonly #reached = new Map<string, Milestone>();
  readonly #budgets = new Map<string, { stage: Stage; budgetMs: number | 'unchecked' }>();
  readonly #listeners = new Listeners<void>();
  #awaited: string | undefined;

  /** Notes a milestone; the first time counts. */
  note(milestone: Milestone): void {
    if (this.#reached.has(milestone.name)) return;
    this.#reached.set(milestone.name, milestone);
    this.#listeners.call();
  }

  /** Says how much time a milestone is allowed, or that its budget is not checked in this run. */
  allow(name: string, stage: Stage, budgetMs: number | 'unchecked'): void {
    this.#budgets.set(name, { stage, budgetMs });
  }

  get(name: string): Milestone | undefined {
    return this.#reached.get(name);
  }

  /** Those that are checked. */
  get budgets(): Budget[] {
    return [...this.#budgets].flatMap(([name, { stage, budgetMs }]) =>
      budgetMs === 'unchecked' ? [] : [{ name, stage, budgetMs }],
    );
  }

  get hasUncheckedBudgets(): boolean {
    return [...this.#budgets.values()].some(({ budgetMs }) => budgetMs === 'unchecked');
  }

  /** Takes over what was reached before the machine was saved. */
  recall(reached: readonly Milestone[], budgets: readonly Budget[]): void {
    for (const { name, stage, budgetMs } of budgets) this.allow(name, stage, budgetMs);
    for (const milestone of reached) this.note({ ...milestone, isRestored: true });
  }

  /** Forgets what was reached after `atMs`: the guest has gone back to its state of then, and will reach it again. */
  goBack(atMs: number): void {
    for (const milestone of this.list()) if (milestone.atMs > atMs) this.#reached.delete(milestone.name);
  }

  /** In the order in which they were reached. */
  list(): Milestone[] {
    return [...this.#reached.values()].sort((a, b) => a.atMs - b.atMs);
  }

  onNoted(listener: () => void): () => void {
    return this.#listeners.add(listener);
  }

  /** Does something while a milestone is awaited: until then the summary tells that it is missing. */
  async whileAwaiting<T>(name: string, wait: () => Promise<T>): Promise<T> {
    const before = this.#awaited;
    this.#awaited = name;
    try {
      return await wait();
    } finally {
      this.#awaited = before;
    }
  }

  /** `firmware 0.2 s · bootloader 1.1 s · hypervisor ✗`, the awaited one last. */
  summary(): string {
    const reached = this.list().map(({ name, atMs }) => `${name} ${(atMs / 1000).toFixed(1)} s`);
    const missing = this.#awaited && !this.#reached.has(this.#awaited) ? [`${this.#awaited} ✗`] : [];
    return [...reached, ...missing].join(' · ') || 'nothing yet';
  }

  records(): MilestoneRecord[] {
    let before = 0;
    const reached = this.list().map(
      ({ name, stage, atMs, hostWaitMs, virtualMs, console, evidence, isRestored }): MilestoneRecord => {
        const tookMs = atMs - before;
        before = atMs;
        return {
          name,
          stage,
          atMs,
          tookMs,
          hostWaitMs,
          ...(virtualMs !== undefined && { virtualMs }),
          ...this.#budgetOf(name),
          console,
          evidence,
          ...(isRestored && { restored: true }),
        };
      },
    );
    const missing = [...this.#budgets]
      .filter(([name]) => !this.#reached.has(name))
      .map(([name, { stage }]): MilestoneRecord => ({ name, stage, ...this.#budgetOf(name) }));
    return [...reached, ...missing.sort((a, b) => STAGES.indexOf(a.stage) - STAGES.indexOf(b.stage))];
  }

  /** A record has only what was checked: whoever reads it later compares the two. */
  #budgetOf(name: string): Pick<MilestoneRecord, 'budgetMs'> {
    const budgetMs = this.#budgets.get(name)?.budgetMs;
    return budgetMs === undefined || budgetMs === 'unchecked' ? {} : { budgetMs };
  }
}
