/** States of scenarios: a sign and a word, never the colour alone. */
import type { ScenarioRow } from '../view.ts';
import { h } from './element.ts';

export type State = ScenarioRow['state'];

export const STATES: readonly State[] = ['failed', 'errored', 'passed', 'skipped'];

const SIGN: Record<State, string> = { passed: '✓', failed: '✕', errored: '!', skipped: '–' };

/** What the state alone does not say. Only trouble of the host is tried again: what passes then is flaky. */
export function tagsOf({ state, retries, known }: ScenarioRow): string[] {
  return [
    ...(retries > 0 ? [`${state === 'passed' ? 'flaky, ' : ''}retried ×${retries}`] : []),
    ...(known ? [known.isSnoozed ? 'known, snoozed' : 'known'] : []),
  ];
}

export function stateMark(state: State): HTMLElement {
  return h('span', { class: `mark ${state}`, role: 'img', 'aria-label': state, title: state }, SIGN[state]);
}
