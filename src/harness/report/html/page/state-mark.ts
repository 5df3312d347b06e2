/** States of scenarios: a sign and a word, never the colour alone. */
import type { ScenarioRow } from '../view.ts';
import { h } from './element.ts';

export type State = ScenarioRow['state'];

export const STATES: readonly State[] = ['failed', 'errored', 'passed', 'skipped'];

const SIGN: Record<State, string> = { passed: '✓', failed: '✕', errored: '!', skipped: '–' };

export function stateMark(state: State): HTMLElement {
  return h('span', { class: `mark ${state}`, role: 'img', 'aria-label': state, title: state }, SIGN[state]);
}
