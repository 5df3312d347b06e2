import { describe, expect, test } from 'vitest';
import type { Domain } from './domain.ts';
import { type Look, whySilent } from './silence.ts';

/** Looks 2 s apart: the guest's state each time, and the CPU seconds that it had used by then. */
function looks(...seen: readonly (readonly [state: string, cpu: number])[]): Look[] {
  return seen.map(([state, cpu], at) => ({ domain: domain(state, cpu), atMs: at * 2_000 }));
}

function domain(state: string, cpu: number): Domain {
  return { name: 'guest', id: 1, memoryMiB: 96, vcpus: 1, state, cpuMs: cpu * 1000 };
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
