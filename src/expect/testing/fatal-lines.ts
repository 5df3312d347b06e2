/** An interrupt for tests: a line that begins with FATAL is a known failure. */
import type { Console } from '../console.ts';
import type { Interrupt, RaisedFailure } from '../interrupt.ts';
import { Listeners } from '../listeners.ts';
import { Matcher } from '../matcher/matcher.ts';
import { compilePattern } from '../pattern/compile.ts';

export class FatalLines implements Interrupt {
  readonly #listeners = new Listeners<RaisedFailure>();
  raised: RaisedFailure | undefined;

  onRaised(listener: (failure: RaisedFailure) => void): () => void {
    return this.#listeners.add(listener);
  }

  /** How many wait for a failure: none, when no wait is left. */
  get listening(): number {
    return this.#listeners.size;
  }

  watch(console: Console): void {
    const { transcript } = console;
    const matcher = new Matcher([compilePattern(/FATAL[^\n]*\n/)], transcript.window, transcript.end);
    console.observe(() => {
      const match = matcher.advance();
      if (match && !this.raised) this.raise(console.name, match.text.trim(), match.end);
    });
  }

  raise(console: string, evidence: string, offset: number): void {
    const facts = { failureClass: 'kernel/panic', probably: 'the kernel gave up' };
    this.raised = { failureClass: 'kernel/panic', evidence, facts, console, offset };
    this.#listeners.call(this.raised);
  }
}
