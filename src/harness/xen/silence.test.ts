import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { Listeners } from '../../expect/listeners.ts';
import { type Domain, stateOf } from './domain.ts';
import { type Look, untilSilent, whySilent } from './silence.ts';

/** Looks 2 s apart: the guest's state each time, and the CPU seconds that it had used by then. */
function looks(...seen: readonly (readonly [state: string, cpu: number])[]): Look[] {
  return seen.map(([state, cpu], at) => ({ domain: domain(state, cpu), atMs: at * 2_000 }));
}

function domain(flags: string, cpu: number): Domain {
  const size = { memoryMiB: 96, vcpus: 1 };
  return { name: 'guest', id: 1, ...size, state: stateOf(flags), flags, cpuMs: cpu * 1000 };
}

const busy = (count: number) =>
  looks(...Array.from({ length: count }, (_, at) => ['r-----', at * 1.9] as const));
const classOf = (seen: readonly Look[], hasSpoken = false) =>
  whySilent({ looks: seen, hasSpoken })?.failureClass;

describe('a silent guest', () => {
  test.each([
    ['--p---', 'toolstack/guest-paused'],
    ['---s--', 'guest-userspace/shut-down'],
    ['---sc-', 'guest-kernel/domain-crashed'],
    ['--psc-', 'guest-kernel/domain-crashed'],
  ])('%s is what it is at the first look', (state, failureClass) => {
    expect(classOf(looks([state, 4]))).toBe(failureClass);
  });

  test('that Xen knows no more is gone', () => {
    expect(classOf([{ domain: undefined, atMs: 0 }])).toBe('toolstack/guest-gone');
  });

  test('that waits is given three looks, and then it talks elsewhere', () => {
    expect(classOf(looks(['-b----', 4], ['-b----', 4]))).toBeUndefined();
    const verdict = whySilent({
      looks: looks(['-b----', 4], ['-b----', 4], ['-b----', 4.1]),
      hasSpoken: true,
    });
    expect(verdict?.failureClass).toBe('guest-kernel/silent-console');
    expect(verdict?.evidence).toBe(
      'xl list: guest -b----, 4.1 s of CPU, 0.1 s of them in the last 4.0 s, without a word',
    );
  });

  test('that computes is given six, and then it is stuck', () => {
    expect(classOf(busy(5))).toBeUndefined();
    expect(classOf(busy(6))).toBe('guest-kernel/stuck-before-first-line');
    expect(classOf(busy(6), true)).toBe('guest-kernel/busy-and-silent');
  });

  test('that booted without a word and waits now is not stuck', () => {
    const booted = [...busy(5), ...looks(['-b----', 7.6], ['-b----', 7.6], ['-b----', 7.6])];
    const seen = booted.map(({ domain: at }, index) => ({ domain: at, atMs: index * 2_000 }));
    const verdicts = seen.map((_, last) => classOf(seen.slice(0, last + 1)));
    expect(verdicts.find((verdict) => verdict !== undefined)).toBe('guest-kernel/silent-console');
  });

  test('nobody has looked at is nothing yet', () => {
    expect(classOf([])).toBeUndefined();
  });
});

describe('a console that falls silent', () => {
  /** A console on which text comes when told so, and a clock that goes when told so. */
  function listening(silentMs: number) {
    const changes = new Listeners<void>();
    const stop = new AbortController();
    const time = { ms: 0 };
    let outcome: boolean | undefined;
    const over = untilSilent(
      { onChange: (listener) => changes.add(listener) },
      { silentMs, clock: () => time.ms, stop: stop.signal },
    ).then((silent) => {
      outcome = silent;
    });
    return { time, stop, over, speak: () => changes.call(), outcome: () => outcome };
  }

  test('is noticed when the machine has had that much time, not the host', async () => {
    const { time, over, outcome } = listening(30);
    time.ms = 29;
    await pause(80);
    expect(outcome()).toBeUndefined();
    time.ms = 30;
    await over;
    expect(outcome()).toBe(true);
  });

  test('is heard again by every change', async () => {
    const { time, over, speak, outcome } = listening(30);
    time.ms = 29;
    speak();
    time.ms = 58;
    await pause(80);
    expect(outcome()).toBeUndefined();
    time.ms = 59;
    await over;
    expect(outcome()).toBe(true);
  });

  test('is nobody’s business once the wait is over', async () => {
    const { stop, over, outcome } = listening(1e6);
    stop.abort();
    await over;
    expect(outcome()).toBe(false);
  });
});
