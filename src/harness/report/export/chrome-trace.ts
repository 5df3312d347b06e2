/**
 * The run in the Trace Event Format (JSON object form), which Perfetto and chrome://tracing open: a process for each
 * machine, its layers nested on the first thread, milestones as instants, and a thread for each console's output.
 */
import type { MachineView, ScenarioView } from '../html/view.ts';
import { safeJson } from '../safe-json.ts';

type Event = Readonly<Record<string, unknown>>;

const LAYERS = 1;
const FIRST_CONSOLE = 2;

export class ChromeTrace {
  readonly #write: (text: string) => void;
  #processes = 0;
  #separator = '';

  /** @param write is given the document piece by piece. */
  constructor(write: (text: string) => void) {
    this.#write = write;
    write('{"displayTimeUnit":"ms","traceEvents":[\n');
  }

  /** @param runStartMs ms since 1970; where the trace begins. A scenario without machines adds nothing. */
  add(scenario: ScenarioView, runStartMs: number): void {
    const startMs = scenario.startedAt === undefined ? 0 : Date.parse(scenario.startedAt) - runStartMs;
    for (const machine of scenario.machines)
      for (const event of machineEvents(
        machine,
        ++this.#processes,
        scenario.row.name,
        startMs + machine.sinceMs,
      )) {
        this.#write(`${this.#separator}${safeJson(event)}`);
        this.#separator = ',\n';
      }
  }

  /** @param about facts of the run. */
  end(about: Readonly<Record<string, string>>): void {
    this.#write(`\n],"otherData":${safeJson(about)}}\n`);
  }
}

function machineEvents(machine: MachineView, pid: number, scenario: string, startMs: number): Event[] {
  // Microseconds; whole ones, because some readers take nothing else.
  const us = (atMs: number) => Math.round((startMs + atMs) * 1000);
  const named = (name: string, tid: number, value: object) => ({ ph: 'M', pid, tid, name, args: value });
  return [
    named('process_name', 0, { name: `${machine.name}: ${scenario}` }),
    named('process_sort_index', 0, { sort_index: pid }),
    named('thread_name', LAYERS, { name: 'layers' }),
    ...machine.spans.map(({ stage, name, fromMs, toMs }) => ({
      ph: 'X',
      pid,
      tid: LAYERS,
      cat: 'layer',
      name: stage,
      ts: us(fromMs),
      dur: us(toMs) - us(fromMs),
      args: { milestone: name },
    })),
    ...machine.milestones.flatMap(({ name, stage, atMs, ...args }) =>
      atMs === undefined
        ? []
        : [
            {
              ph: 'i',
              s: 't',
              pid,
              tid: LAYERS,
              cat: 'milestone',
              name,
              ts: us(atMs),
              args: { stage, ...args },
            },
          ],
    ),
    ...machine.findings.map(({ class: name, cause, evidence }) => ({
      ph: 'i',
      s: 'p',
      pid,
      tid: LAYERS,
      cat: 'finding',
      name,
      ts: us(evidence.atMs),
      args: { cause, console: evidence.console, line: evidence.line, text: evidence.text },
    })),
    ...machine.consoles.flatMap(({ name, bursts }, index) => [
      named('thread_name', FIRST_CONSOLE + index, { name: `console ${name}` }),
      ...bursts.map(([fromMs, toMs]) => ({
        ph: 'X',
        pid,
        tid: FIRST_CONSOLE + index,
        cat: 'console',
        name: 'output',
        ts: us(fromMs),
        dur: Math.max(1, us(toMs) - us(fromMs)),
      })),
    ]),
  ];
}
