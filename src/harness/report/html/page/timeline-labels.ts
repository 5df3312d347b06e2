/** What is written under the domes: milestones and checkpoints, each with its time, led to its place on the ground. */
import { printableLine } from '../../../../printable.ts';
import { seconds } from '../seconds.ts';
import type { MachineView } from '../view.ts';
import { labelRows } from './dome-shape.ts';
import { s } from './element.ts';
import { layerClass } from './layer-name.ts';

const ROW = 19;

export interface LabelFrame {
  readonly width: number;
  /** Where the domes stand, and where the first row of labels is. */
  readonly ground: number;
  readonly top: number;
  readonly x: (atMs: number) => number;
  /** Called with the time of a label that was chosen. */
  readonly seek: (atMs: number) => void;
}

interface Label {
  readonly name: string;
  readonly atMs: number;
  /** Of its layer; none for a checkpoint. */
  readonly layer: string;
  readonly isRestored: boolean;
}

/** @returns the elements, and how high they are together. */
export function timelineLabels(
  machine: MachineView,
  frame: LabelFrame,
): { readonly elements: SVGElement[]; readonly height: number } {
  const { width, x } = frame;
  const labels = labelsOf(machine).map((label) => {
    const wide = 16 + `${label.name}  ${seconds(label.atMs)}`.length * 6.6;
    return { ...label, width: wide, left: Math.min(x(label.atMs), Math.max(0, width - wide)) };
  });
  const rows = labelRows(labels);
  const elements = labels.flatMap((label, index) => {
    const y = frame.top + ROW * (rows[index] ?? 0);
    const at = x(label.atMs);
    return [
      s('line', { class: `lead ${label.layer}`, x1: at, x2: at, y1: frame.ground, y2: y }),
      s(
        'g',
        { class: 'label', onclick: () => frame.seek(label.atMs) },
        sign(label, { x: label.left + 5, y: y - 3 }),
        s('text', { x: label.left + 14, y: y + 1 }, label.name, ' ', s('tspan', {}, seconds(label.atMs))),
      ),
    ];
  });
  return { elements, height: ROW * (Math.max(0, ...rows) + 1) };
}

/** In their order in time. What a machine was restored from is written in the hatched part already. */
function labelsOf({ milestones, checkpoints }: MachineView): Label[] {
  const reached = milestones.flatMap(({ name, stage, atMs, restored = false }): Label[] =>
    atMs === undefined ? [] : [{ name, atMs, layer: layerClass(stage), isRestored: restored }],
  );
  const saved = checkpoints
    .filter(({ restored }) => !restored)
    .map(({ name, atMs }): Label => ({ name: printableLine(name), atMs, layer: '', isRestored: false }));
  return [...reached, ...saved].sort((a, b) => a.atMs - b.atMs);
}

/** A dot for a milestone, a diamond for a checkpoint. */
function sign(
  { layer, isRestored }: Label,
  { x, y }: { readonly x: number; readonly y: number },
): SVGElement {
  return layer === ''
    ? s('path', { class: 'saved', d: `M${x} ${y - 5}l5 5l-5 5l-5 -5z` })
    : s('circle', { class: layer, cx: x, cy: y, r: 4, 'data-restored': isRestored });
}
