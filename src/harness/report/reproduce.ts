/** The commands that show a test again, for a POSIX shell. */
import type { TestRecord } from './run.ts';

/** The command that runs this test alone. */
export function againLine({ file, name }: TestRecord): string {
  // Vitest takes -t as a regular expression, and joins the names of suites by a space.
  const pattern = name.replace(/ > /g, ' ').replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  return `npx vitest run ${quoted(file)} -t ${quoted(pattern)}`;
}

/** The commands that replay its recorded machines, to the byte; none where nothing was recorded. */
export function replayLines({ scenario }: Pick<TestRecord, 'scenario'>): string[] {
  return (scenario?.machines ?? []).flatMap(({ recording }) =>
    recording?.is === 'kept' && recording.capsule ? [`npx domes replay ${quoted(recording.capsule)}`] : [],
  );
}

function quoted(text: string): string {
  return /^[\w./@-]+$/.test(text) ? text : `'${text.replace(/'/g, `'\\''`)}'`;
}
