/** Play, pause, scrub: the bar at the foot of a scenario. */
import type { ScenarioView } from '../view.ts';
import { type Clock, SPEEDS } from './clock.ts';
import { h } from './element.ts';
import { layerClass } from './layer-name.ts';

export interface Mark {
  readonly atMs: number;
  readonly name: string;
  readonly stage: string;
}

/** The milestones of all machines on the scenario's clock, in order. */
export function marksOf({ machines }: ScenarioView): Mark[] {
  return machines
    .flatMap(({ milestones, sinceMs }) =>
      milestones.flatMap(({ atMs, name, stage }) =>
        atMs === undefined ? [] : [{ atMs: atMs + sinceMs, name, stage }],
      ),
    )
    .sort((a, b) => a.atMs - b.atMs);
}

export function transport(clock: Clock, marks: readonly Mark[]): { element: HTMLElement; end: () => void } {
  const play = h('button', { type: 'button', class: 'play', onclick: () => clock.toggle() });
  const time = h('output', { class: 'clock' });
  const scrubber = h('input', {
    type: 'range',
    min: 0,
    max: Math.ceil(clock.endMs),
    step: 'any',
    'aria-label': 'Moment of the boot',
    oninput: () => clock.seek(Number(scrubber.value)),
  });
  const speed = h(
    'select',
    { 'aria-label': 'Speed', onchange: () => (clock.speed = Number(speed.value)) },
    ...SPEEDS.map((one) => h('option', { value: one, selected: one === 1 }, `${one}×`)),
  );
  const ticks = marks.map(({ atMs, name, stage }) => {
    const tick = h('i', { class: layerClass(stage), title: name });
    tick.style.left = `${(atMs / clock.endMs) * 100}%`;
    return tick;
  });
  const end = clock.listen(() => {
    play.textContent = clock.playing ? '❚❚' : '▶';
    play.setAttribute('aria-label', clock.playing ? 'Pause' : 'Play');
    time.textContent = `${(clock.atMs / 1000).toFixed(1)} / ${(clock.endMs / 1000).toFixed(1)} s`;
    scrubber.value = String(clock.atMs);
    scrubber.setAttribute('aria-valuetext', `${(clock.atMs / 1000).toFixed(1)} seconds`);
  });
  const element = h(
    'div',
    { class: 'transport', role: 'group', 'aria-label': 'Player' },
    play,
    time,
    h('div', { class: 'scrub' }, h('div', { class: 'ticks', 'aria-hidden': 'true' }, ...ticks), scrubber),
    speed,
  );
  return { element, end };
}

/** The milestone before or after a moment. */
export function nextMark(marks: readonly Mark[], atMs: number, by: 1 | -1): Mark | undefined {
  // A mark that one stands on is neither.
  return by > 0 ? marks.find((mark) => mark.atMs > atMs + 1) : marks.findLast((mark) => mark.atMs < atMs - 1);
}
