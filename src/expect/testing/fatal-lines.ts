/** An interrupt for tests: a line with FATAL is a known failure, the first one with SETBACK a setback. */
import type { Console } from '../console.ts';
import type { Interrupt, RaisedFailure } from '../interrupt.ts';
import { Listeners } from '../listeners.ts';
import { Matcher } from '../matcher/matcher.ts';
import { compilePattern } from '../pattern/compile.ts';

export class FatalLines implements Interrupt {
  readonly #listeners = new Listeners<RaisedFailure>();
  #setback: RaisedFailure | undefined;
  raised: RaisedFailure | undefined;

  onRaised(listener: (failure: RaisedFailure) => void): () => void {
    return this.#listeners.add(listener);
  }

  /** How many wait for a failure: none, when no wait is left. */
  get listening(): number {
    return this.#listeners.size;
  }

  setback(console: string, from: number): RaisedFailure | undefined {
    return this.#setback?.console === console && this.#setback.offset > from ? this.#setback : undefined;
  }

  watch(console: Console): void {
    const { name, transcript } = console;
    const matcherOf = (line: RegExp) =>
      new Matcher([compilePattern(line)], transcript.window, transcript.end);
    const fatal = matcherOf(/FATAL[^\n]*\n/);
    const setback = matcherOf(/SETBACK[^\n]*\n/);
    console.observe(() => {
      const match = fatal.advance();
      if (match && !this.raised) this.raise(name, match.text.trim(), match.end);
      const other = setback.advance();
      if (other) this.#setback ??= failureOf(name, other.text.trim(), other.end);
    });
  }

  raise(console: string, evidence: string, offset: number): void {
    this.raised = failureOf(console, evidence, offset);
    this.#listeners.call(this.raised);
  }
}

function failureOf(console: string, evidence: string, offset: number): RaisedFailure {
  const facts = { failureClass: 'kernel/panic', probably: 'the kernel gave up' };
  return { failureClass: 'kernel/panic', evidence, facts, console, offset };
}
