/**
 * The milestones of a boot as nested spans of time: when each layer ran, and inside which other. Firmware, boot loader
 * and hypervisor take turns; a kernel runs inside the hypervisor, its userspace inside the kernel, a guest inside both.
 */
import type { Stage } from '../stage.ts';
import type { MilestoneRecord } from './record.ts';

export interface LayerSpan {
  readonly stage: Stage;
  /** Name of the milestone that it began with. */
  readonly name: string;
  /** What proved it: `Xen version 4.17.7`. */
  readonly evidence?: string;
  /** ms since QEMU's start. */
  readonly fromMs: number;
  readonly toMs: number;
  /** How many layers are around it. */
  readonly depth: number;
}

/** A layer ends those of its own rank and of higher ones; it runs inside those of lower ones that stay. */
const RANK: Record<Stage, number> = {
  emulator: 0,
  firmware: 0,
  bootloader: 0,
  hypervisor: 0,
  kernel: 1,
  initramfs: 2,
  userspace: 2,
  'package-manager': 3,
  toolstack: 3,
  'guest-bootloader': 4,
  'guest-kernel': 4,
  'guest-userspace': 5,
};

/** They hand over to whatever comes next, and are gone. */
const PASSING: ReadonlySet<Stage> = new Set(['firmware', 'bootloader', 'initramfs', 'guest-bootloader']);

/** In the order in which they begin. @param endMs when the machine ended, ms since QEMU's start. */
export function layerSpans(milestones: readonly MilestoneRecord[], endMs: number): LayerSpan[] {
  const spans: (LayerSpan & { toMs: number })[] = [];
  let open: (LayerSpan & { toMs: number })[] = [];
  const reached = milestones.filter(
    (one): one is MilestoneRecord & { atMs: number } => one.atMs !== undefined,
  );
  for (const { stage, name, atMs, evidence } of reached.sort((a, b) => a.atMs - b.atMs)) {
    if (open.some((span) => span.stage === stage)) continue;
    const goesOn = (span: LayerSpan) => RANK[span.stage] < RANK[stage] && !PASSING.has(span.stage);
    for (const span of open) if (!goesOn(span)) span.toMs = atMs;
    open = open.filter(goesOn);
    // The firmware's first line comes a moment after power-on, and nothing else can have run before it.
    const fromMs = stage === 'firmware' && spans.length === 0 ? 0 : atMs;
    const proof = evidence === undefined ? {} : { evidence };
    const span = { stage, name, ...proof, fromMs, toMs: Math.max(endMs, fromMs), depth: open.length };
    spans.push(span);
    open.push(span);
  }
  return spans;
}
