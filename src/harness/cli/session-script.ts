/**
 * A session at a machine's consoles as the skeleton of a scenario: what was waited for, what was typed, in the order of
 * time. Pure: data in, source out.
 */
import { quoted } from './quoted.ts';
import { consoleVariable, type SessionConsole, statementsOf } from './session-typing.ts';

export type { SessionConsole } from './session-typing.ts';

export interface Session {
  readonly image: string;
  /** Options of `launch`, those that were given. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly milestones: readonly { readonly name: string; readonly atMs: number }[];
  readonly consoles: readonly SessionConsole[];
  /** Entries of GRUB's menu that were booted. */
  readonly booted: readonly { readonly entry: string; readonly atMs: number }[];
}

export interface Statement {
  readonly atMs: number;
  readonly code: readonly string[];
}

/** The source of a scenario file. */
export function sessionScript(session: Session): string {
  const { image, options, milestones, consoles, booted } = session;
  const given = Object.keys(options).length > 0 ? `, ${literal(options)}` : '';
  // Keys that chose GRUB's entry are said by the entry itself.
  const grub = span(milestones, booted);
  const typed = consoles.flatMap((console) => statementsOf(console, grub));
  const used = consoles.filter(({ name }) => typed.some(({ console }) => console === name));
  const statements: Statement[] = [
    ...milestones.map(({ name, atMs }) => ({ atMs, code: [`await machine.reach(${quoted(name)});`] })),
    ...booted.map(({ entry, atMs }) => ({
      atMs,
      code: ['const grub = await machine.grub();', `await grub.select(${quoted(entry)});`, 'grub.boot();'],
    })),
    ...typed,
  ].sort((a, b) => a.atMs - b.atMs);
  const lines = [
    `const machine = await launch(${quoted(image)}${given});`,
    ...used.map(({ name }) => `const ${consoleVariable(name)} = machine.console(${quoted(name)});`),
    ...statements.flatMap(({ code }) => code),
  ];
  return [
    "import { test } from '../src/harness/index.ts';",
    '',
    `test(${quoted(`${image} boots`)}, async ({ launch }) => {`,
    ...lines.map((line) => `  ${line}`),
    '});',
    '',
  ].join('\n');
}

/** From GRUB's menu to the entry that was booted, where one was. */
function span(
  milestones: Session['milestones'],
  booted: Session['booted'],
): { readonly fromMs: number; readonly toMs: number } | undefined {
  const menu = milestones.find(({ name }) => name === 'bootloader');
  const last = booted.at(-1);
  return menu && last && { fromMs: menu.atMs, toMs: last.atMs };
}

function literal(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return quoted(String(value));
  return `{ ${Object.entries(value)
    .map(([key, field]) => `${key}: ${literal(field)}`)
    .join(', ')} }`;
}
