import { expect, test } from 'vitest';
import { sampleMachine, sampleScenario, sampleTest } from '../fixtures/sample-run.ts';
import { scenarioView } from '../html/scenario-view.ts';
import { ChromeTrace } from './chrome-trace.ts';

interface Event {
  readonly ph: string;
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur: number;
}

function traceOf(...names: string[]): { traceEvents: Event[]; otherData: object } {
  let text = '';
  const trace = new ChromeTrace((part) => {
    text += part;
  });
  for (const name of names) {
    const scenario = sampleScenario(
      sampleMachine({ name: 'first' }),
      sampleMachine({ name: 'second', startedAt: '2025-11-22T10:55:20.000Z' }),
    );
    const view = scenarioView({ key: 's0', test: sampleTest({ name, scenario }), earlier: [] }, []);
    trace.add(view, Date.parse('2025-11-22T10:55:12.000Z'));
  }
  trace.end({ run: 'x' });
  return JSON.parse(text);
}

test('a process for each machine, its layers within each other, milestones as instants, in µs since the run began', () => {
  const { traceEvents } = traceOf('boots');
  const processes = traceEvents.filter(({ name }) => name === 'process_name');
  expect(processes.map(({ pid }) => pid)).toEqual([1, 2]);
  const second = traceEvents.filter(({ pid, ph }) => pid === 2 && ph === 'X');
  expect(second[0]).toMatchObject({ name: 'firmware', ts: 8_000_000, dur: 1_300_000 });
  // Perfetto nests slices of one thread only where one is within the other.
  for (const [index, one] of second.entries())
    for (const other of second.slice(index + 1))
      expect(other.ts >= one.ts + one.dur || other.ts + other.dur <= one.ts + one.dur).toBe(true);
  const reached = traceEvents.filter(({ pid, ph }) => pid === 1 && ph === 'i');
  expect(reached.map(({ name, ts }) => [name, ts])).toContainEqual(['hypervisor', 4_100_000]);
});

test('no scenario is a valid trace too, and hostile names stay text', () => {
  expect(traceOf().traceEvents).toEqual([]);
  const hostile = '</script>\x9b31m\ud800"\\';
  expect(JSON.stringify(traceOf(hostile))).toContain(JSON.stringify(`first: ${hostile}`).slice(1, -1));
});
