/**
 * The memento of a machine: what the harness knows about it, saved beside the guest's state, so that a restored machine
 * goes on as if it had never been away. Text offsets and line numbers are those of the saved console tails.
 */
import { z } from 'zod';
import type { Machine } from '../machine/machine.ts';
import { FindingRecord } from '../report/record.ts';
import { STAGES } from '../stage.ts';
import type { ConsoleTail } from './console-tail.ts';

const Stage = z.enum(STAGES);

export const SavedMilestone = z.strictObject({
  name: z.string(),
  stage: Stage,
  atMs: z.number(),
  hostWaitMs: z.number(),
  virtualMs: z.number().optional(),
  console: z.string(),
  offset: z.number(),
  evidence: z.string(),
});

export const SavedShell = z.strictObject({
  console: z.string(),
  /** Its milestone. */
  stage: Stage,
  memory: z.strictObject({ count: z.number(), readyAtMs: z.number(), owesPrompt: z.boolean() }),
});
export type SavedShell = z.infer<typeof SavedShell>;

export const SavedGuest = z.strictObject({
  console: z.string(),
  guest: z.string(),
  /** Since when it speaks there, ms since power-on. */
  sinceMs: z.number(),
});
/** A guest that has one of the machine's consoles. */
export type SavedGuest = z.infer<typeof SavedGuest>;

/** A state that was saved inside the machine's disks (`savevm`). */
export const SavedVm = z.strictObject({
  tag: z.string(),
  /** Machine time at which it was saved, ms since power-on. */
  atMs: z.number(),
  shells: z.array(SavedShell),
  guests: z.array(SavedGuest).default([]),
});
export type SavedVm = z.infer<typeof SavedVm>;

export const MachineMemento = z.strictObject({
  /** Machine time, ms since power-on. */
  clockMs: z.number(),
  hostWaitMs: z.number(),
  milestones: z.array(SavedMilestone),
  budgets: z.array(z.strictObject({ name: z.string(), stage: Stage, budgetMs: z.number() })),
  findings: z.array(FindingRecord),
  /** Failure classes that the scenario wants to see. */
  expected: z.array(z.string()),
  consoles: z.record(
    z.string(),
    z.strictObject({
      unreadFrom: z.number(),
      echoes: z.array(z.strictObject({ from: z.number(), to: z.number() })),
      typing: z.strictObject({ sent: z.number(), echoed: z.number(), retyped: z.number() }),
    }),
  ),
  shells: z.array(SavedShell),
  guests: z.array(SavedGuest).default([]),
  savedVms: z.array(SavedVm),
});
export type MachineMemento = z.infer<typeof MachineMemento>;

/** What a restored machine begins with. */
export interface Past {
  readonly memento: MachineMemento;
  /** By console. */
  readonly tails: ReadonlyMap<string, ConsoleTail>;
}

/** @param tails what is kept of each console's text */
export function mementoOf(machine: Machine, tails: ReadonlyMap<string, ConsoleTail>): MachineMemento {
  const { milestones, diagnosis, emulation } = machine;
  const rebased = (console: string, offset: number) =>
    Math.max(0, offset - (tails.get(console)?.textStart ?? 0));
  const consoles = [...machine.consoles.values()].map((console) => {
    const { unreadFrom, echoes, typing } = console.memory;
    const from = tails.get(console.name)?.textStart ?? 0;
    const kept = echoes.filter(({ to }) => to > from);
    return [
      console.name,
      {
        unreadFrom: rebased(console.name, unreadFrom),
        echoes: kept.map((range) => ({ from: Math.max(0, range.from - from), to: range.to - from })),
        typing,
      },
    ] as const;
  });
  return {
    clockMs: machine.clock(),
    hostWaitMs: emulation.hostWaitMs(),
    milestones: milestones.list().map(({ isRestored: _, ...milestone }) => ({
      ...milestone,
      offset: rebased(milestone.console, milestone.offset),
    })),
    budgets: milestones.budgets,
    findings: diagnosis.findings.map((finding) => ({
      ...finding,
      evidence: {
        ...finding.evidence,
        line: Math.max(1, finding.evidence.line - (tails.get(finding.evidence.console)?.linesBefore ?? 0)),
      },
    })),
    expected: [...diagnosis.expected],
    consoles: Object.fromEntries(consoles),
    shells: machine.shells.saved(),
    guests: machine.guests.saved,
    savedVms: [...machine.states.savedVms],
  };
}
