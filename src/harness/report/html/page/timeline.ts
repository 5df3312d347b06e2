/** The boot of one machine to the scale of time: domes within domes, milestones, budgets, and where the clock is. */
import { printableLine } from '../../../../printable.ts';
import { seconds } from '../seconds.ts';
import type { MachineView } from '../view.ts';
import type { Clock } from './clock.ts';
import { type Dome, domePath, domesOf, ticksOf, widthAt } from './dome-shape.ts';
import { h, s } from './element.ts';
import { LAYER_NAME, layerClass } from './layer-name.ts';
import { timelineLabels } from './timeline-labels.ts';

const GROUND = 208;
const AXIS = GROUND + 18;
/** Where a dome's name may stand, below its top: a narrow dome has room for it further down. */
const NAME_DEPTHS = [19, 34, 52, 74] as const;

let pictures = 0;

export class Timeline {
  readonly element: HTMLElement;
  readonly #machine: MachineView;
  readonly #clock: Clock;
  readonly #picture = h('div', { class: 'picture' });
  readonly #hand = h('div', { class: 'hand', 'aria-hidden': 'true' });
  readonly #resize: ResizeObserver;
  readonly #stopListening: () => void;
  /** For what is referred to by its id: there may be several pictures on a page. */
  readonly #id = ++pictures;

  constructor(machine: MachineView, clock: Clock) {
    this.#machine = machine;
    this.#clock = clock;
    this.element = h('div', { class: 'timeline' }, this.#picture, this.#hand);
    this.#picture.addEventListener('pointerdown', (event) => this.#grab(event));
    this.#resize = new ResizeObserver(() => this.#draw());
    this.#resize.observe(this.element);
    this.#stopListening = clock.listen(() => this.#move());
  }

  end(): void {
    this.#resize.disconnect();
    this.#stopListening();
  }

  #draw(): void {
    const width = this.element.clientWidth;
    if (width === 0) return;
    const { spans, milestones, checkpoints, endMs } = this.#machine;
    const x = (atMs: number) => (atMs / endMs) * width;
    const domes = domesOf(spans, { width, ground: GROUND, step: 30, endMs });
    const labels = timelineLabels(this.#machine, {
      ...{ width, x, ground: GROUND, top: AXIS + 14 },
      seek: (atMs) => this.#seek(atMs),
    });
    const height = AXIS + 14 + labels.height;
    const restoredMs = Math.max(0, ...checkpoints.filter(({ restored }) => restored).map(({ atMs }) => atMs));
    const picture = s(
      'svg',
      { width, height, viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': this.#description() },
      this.#definitions(domes),
      ...domes.map((dome, index) => domeElement(dome, domes[index + 1])),
      ...(restoredMs > 0 ? this.#restored(x(restoredMs), checkpoints) : []),
      s('line', { class: 'ground', x1: 0, x2: width, y1: GROUND, y2: GROUND }),
      ...ticksOf(endMs, Math.max(2, width / 110)).flatMap((atMs) => [
        s('line', { class: 'tick', x1: x(atMs), x2: x(atMs), y1: GROUND, y2: GROUND + 4 }),
        s('text', { class: 'tick', x: Math.min(x(atMs) + 3, width - 30), y: GROUND + 14 }, tickText(atMs)),
      ]),
      ...milestones.flatMap(({ budgetMs, hostWaitMs = 0, virtualMs, stage, name, atMs }) => {
        // Of virtual time, which has no place on this scale.
        if (virtualMs !== undefined) return [];
        const allowedMs = (budgetMs ?? Number.POSITIVE_INFINITY) + hostWaitMs;
        if (allowedMs > endMs) return [];
        const late = atMs === undefined || atMs > allowedMs;
        return [
          s(
            'g',
            { class: `budget ${layerClass(stage)} ${late ? 'late' : ''}` },
            s('title', {}, `${name}: allowed until ${seconds(allowedMs)}`),
            s('path', { d: `M${x(allowedMs)} ${GROUND + 1}l-4 -8h8z` }),
          ),
        ];
      }),
      ...checkpoints.map(({ atMs, name, restored }) =>
        s(
          'g',
          { class: 'checkpoint' },
          s('title', {}, `${restored ? 'restored from' : 'checkpoint'} ${name}, ${seconds(atMs)}`),
          s('path', { d: `M${x(atMs)} ${GROUND - 7}l7 7l-7 7l-7 -7z` }),
        ),
      ),
      ...labels.elements,
    );
    this.#picture.replaceChildren(picture);
    this.#move();
  }

  /** What was restored and not run is hatched, and says so. */
  #restored(width: number, checkpoints: MachineView['checkpoints']): SVGElement[] {
    const names = checkpoints.filter(({ restored }) => restored).map(({ name }) => printableLine(name));
    const fill = `url(#hatching-${this.#id})`;
    return [
      s('rect', { x: 0, y: 0, width, height: GROUND, fill, 'clip-path': `url(#domes-${this.#id})` }),
      s(
        'text',
        { class: 'restored', x: width / 2, y: GROUND - 12, 'text-anchor': 'middle' },
        `restored: ${names.join(', ')}`,
      ),
    ];
  }

  #definitions(domes: readonly Dome[]): SVGElement {
    const lines = { width: 7, height: 7, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)' };
    return s(
      'defs',
      {},
      s(
        'pattern',
        { id: `hatching-${this.#id}`, class: 'hatching', ...lines },
        s('line', { x1: 0, y1: 0, x2: 0, y2: 7 }),
      ),
      s(
        'clipPath',
        { id: `domes-${this.#id}` },
        ...domes.map((dome) => s('path', { d: domePath(dome, GROUND) })),
      ),
    );
  }

  #description(): string {
    const { milestones, name } = this.#machine;
    const parts = milestones.map(
      (one) => `${one.name} ${one.atMs === undefined ? 'not reached' : `at ${seconds(one.atMs)}`}`,
    );
    return `Boot of ${name}: ${parts.join(', ')}`;
  }

  #move(): void {
    const atMs = this.#clock.atMs - this.#machine.sinceMs;
    const part = Math.min(1, Math.max(0, atMs / this.#machine.endMs));
    this.#hand.style.transform = `translateX(${(part * this.element.clientWidth).toFixed(1)}px)`;
  }

  #seek(atMs: number): void {
    this.#clock.seek(atMs + this.#machine.sinceMs);
  }

  /** A click goes there; a drag scrubs. */
  #grab(event: PointerEvent): void {
    const { left, width } = this.#picture.getBoundingClientRect();
    if (event.offsetY > AXIS + 6) return;
    const seek = ({ clientX }: PointerEvent) => this.#seek(((clientX - left) / width) * this.#machine.endMs);
    this.#picture.setPointerCapture(event.pointerId);
    this.#picture.onpointermove = seek;
    this.#picture.onpointerup = () => {
      this.#picture.onpointermove = null;
    };
    seek(event);
  }
}

/** @param next the dome that is drawn after it: one that stands in it leaves less room for its name. */
function domeElement(dome: Dome, next: Dome | undefined): SVGElement {
  const { span, left, right, top } = dome;
  const name = LAYER_NAME[span.stage] ?? span.stage;
  // A phrase such as "shell prompt" says nothing about the layer; a version does.
  const proof = span.evidence && /\d/.test(span.evidence) ? printableLine(span.evidence) : undefined;
  const isNest = next !== undefined && next.span.depth > span.depth;
  const depthFor = (text: string) =>
    NAME_DEPTHS.slice(0, isNest ? 1 : undefined).find(
      (depth) => widthAt(dome, GROUND, depth - 10) > text.length * 7 + 6,
    );
  const whole = proof !== undefined && depthFor(`${name}  ${proof}`) === NAME_DEPTHS[0];
  const depth = depthFor(name);
  return s(
    'g',
    { class: `dome ${layerClass(span.stage)}` },
    s('title', {}, `${name}: from ${seconds(span.fromMs)} to ${seconds(span.toMs)}`),
    s('path', { d: domePath(dome, GROUND) }),
    depth !== undefined &&
      s(
        'text',
        { x: (left + right) / 2, y: top + depth, 'text-anchor': 'middle' },
        name,
        whole && s('tspan', { dx: 8 }, proof),
      ),
  );
}

function tickText(atMs: number): string {
  return `${Number((atMs / 1000).toFixed(2))} s`;
}
