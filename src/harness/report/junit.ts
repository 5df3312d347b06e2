/**
 * The run as JUnit XML. One test case per test (a scenario is a test), one suite per file, times in seconds.
 * What `<failure>`, `<error>` and `<skipped>` mean is decided in trouble.ts.
 */
import { printable } from '../../printable.ts';
import { propertiesOf } from './properties.ts';
import type { RunRecord, RunTrouble, TestRecord } from './run.ts';
import { type Element, xmlDocument } from './xml.ts';

/** A test case, or the trouble of a file, a hook or the run in the shape of one. */
type Case = Pick<TestRecord, 'name' | 'state' | 'tookMs' | 'troubles'> & Partial<TestRecord>;

/** The document of a whole run. */
export function junitOf(run: RunRecord): string {
  const files = new Set([...run.tests, ...run.troubles].map(({ file }) => file));
  const suites = [...files].map((file) =>
    suiteOf(file, run, [
      ...run.tests.filter((test) => test.file === file),
      ...run.troubles.filter((trouble) => trouble.file === file).map(caseOf),
    ]),
  );
  const cases = suites.flatMap(({ cases }) => cases);
  return xmlDocument({
    name: 'testsuites',
    attributes: { name: 'domes', ...counts(cases) },
    children: suites.map(({ element }) => element),
  });
}

function suiteOf(
  file: string | undefined,
  run: RunRecord,
  cases: Case[],
): { element: Element; cases: Case[] } {
  const { id, startedAt, versions } = run;
  const properties = { 'run.id': id, domes: versions.domes, node: versions.node, vitest: versions.vitest };
  const name = file ?? 'run';
  const element = {
    name: 'testsuite',
    attributes: {
      name,
      timestamp: cases.find((one) => one.startedAt)?.startedAt ?? startedAt,
      ...counts(cases),
      skipped: cases.filter(({ state }) => state === 'skipped').length,
    },
    children: [
      propertiesElement(Object.entries(properties)),
      ...cases.map((one) => caseElement(one, name, run)),
    ],
  };
  return { element, cases };
}

function caseOf({ origin, file, name, trouble }: RunTrouble): Case {
  return {
    ...(file !== undefined && { file }),
    name: origin === 'suite' ? `${name} (hooks)` : name,
    state: trouble.kind === 'failure' ? 'failed' : 'errored',
    tookMs: 0,
    troubles: [trouble],
  };
}

function caseElement(one: Case, file: string, run: RunRecord): Element {
  const [first] = one.troubles;
  const children: Element[] = [];
  const properties = propertiesOf(one);
  if (properties.length > 0) children.push(propertiesElement(properties));
  if (one.state === 'skipped') children.push({ name: 'skipped', attributes: { message: one.reason } });
  const isBad = one.state === 'failed' || one.state === 'errored';
  if (isBad && first)
    children.push({
      name: one.state === 'failed' ? 'failure' : 'error',
      attributes: { message: first.summary, type: first.type },
      children: first.text,
    });
  const output = outputOf(one, run, isBad);
  if (output) children.push({ name: 'system-out', children: output });
  const attributes = { classname: file, name: one.name, time: seconds(one.tookMs), file: one.file };
  return { name: 'testcase', attributes, children };
}

/** The further troubles, and for a failed test the ends of its consoles and where the whole logs are. */
function outputOf({ troubles, scenario, state }: Case, run: RunRecord, isBad: boolean): string {
  const others = state === 'passed' ? troubles : troubles.slice(1);
  const parts = others.map(({ text }) => (state === 'passed' ? `earlier try: ${text}` : `also: ${text}`));
  if (!isBad) return parts.join('\n\n');
  for (const machine of scenario?.machines ?? [])
    for (const { name, log, tail } of machine.consoles) {
      const lines = tail.map(({ atMs, text }) => `${seconds(atMs).padStart(9)} │ ${printable(text)}`);
      parts.push([`── ${machine.name} ▸ ${name} (${run.folder}/${log})`, ...lines].join('\n'));
    }
  return parts.join('\n\n');
}

function propertiesElement(properties: readonly (readonly [string, string | number])[]): Element {
  const children = properties.map(([name, value]) => ({ name: 'property', attributes: { name, value } }));
  return { name: 'properties', children };
}

function counts(cases: readonly Case[]): Record<string, number | string> {
  return {
    tests: cases.length,
    failures: cases.filter(({ state }) => state === 'failed').length,
    errors: cases.filter(({ state }) => state === 'errored').length,
    time: seconds(cases.reduce((sum, { tookMs }) => sum + tookMs, 0)),
  };
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}
