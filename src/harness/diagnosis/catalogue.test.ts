import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { STAGES } from '../stage.ts';
import { FAILURE_CLASSES, guestTwin, indexFor, WRITTEN_CLASSES } from './catalogue.ts';
import { catalogueDocument } from './catalogue-document.ts';
import { labelOf } from './failure-class.ts';
import { BOOT_EXAMPLES } from './fixtures/examples-boot.ts';
import { HOST_EXAMPLES } from './fixtures/examples-host.ts';
import { LOADER_EXAMPLES } from './fixtures/examples-loaders.ts';
import { SYSTEM_EXAMPLES } from './fixtures/examples-system.ts';
import { TOOL_EXAMPLES } from './fixtures/examples-tools.ts';
import { LogDiagnosis } from './log-diagnosis.ts';

const EXAMPLES = [
  ...BOOT_EXAMPLES,
  ...LOADER_EXAMPLES,
  ...SYSTEM_EXAMPLES,
  ...TOOL_EXAMPLES,
  ...HOST_EXAMPLES,
];

function rootCause(log: string): string | undefined {
  const diagnosis = new LogDiagnosis();
  diagnosis.read(Buffer.from(log));
  return diagnosis.end()[0]?.known.id;
}

describe('the catalogue of failure classes', () => {
  test('has at least 80 of them, each named once by its stage and a kebab-case label', () => {
    const ids = FAILURE_CLASSES.map(({ id }) => id);
    expect(WRITTEN_CLASSES.length).toBeGreaterThanOrEqual(80);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { id, stage } of FAILURE_CLASSES) {
      expect(STAGES).toContain(stage);
      expect(id).toMatch(new RegExp(`^${stage}/[a-z0-9]+(-[a-z0-9]+)*$`));
    }
  });

  test('says of each what it comes from, what helps and where that is known from, in a sentence each', () => {
    for (const { id, cause, remedy, source } of WRITTEN_CLASSES)
      for (const text of [cause, remedy, source]) {
        expect(text.trim(), id).not.toBe('');
        expect(text, id).not.toMatch(/\n|\.$/);
      }
  });

  test('explains only what there is', () => {
    const labels = new Set(WRITTEN_CLASSES.map(({ id }) => labelOf(id)));
    const wrong = WRITTEN_CLASSES.flatMap(({ id, explains }) =>
      explains.filter((label) => !labels.has(label)).map((label) => `${id} explains ${label}`),
    );
    expect(wrong).toEqual([]);
  });

  test('has an example of every class that a console can show', () => {
    const shown = new Set(EXAMPLES.map(([id]) => id));
    // Without a signature it is told by the harness.
    const without = WRITTEN_CLASSES.filter(({ id, signatures }) => signatures.length > 0 && !shown.has(id));
    expect(without.map(({ id }) => id)).toEqual([]);
  });

  test.each(EXAMPLES)('%s: %j', (id, log) => {
    expect(rootCause(log)).toBe(id);
  });

  test('knows the failures of a guest as those of a machine, one layer further in', () => {
    const panic = WRITTEN_CLASSES.find(({ id }) => id === 'kernel/no-root-device');
    expect(panic && guestTwin(panic).id).toBe('guest-kernel/no-root-device');
    expect(
      indexFor('guest').entries.some((entry) => entry.kind === 'sign' && entry.known.stage === 'kernel'),
    ).toBe(false);
  });

  test('stands in docs/failure-classes.md as it is', () => {
    const file = join(import.meta.dirname, '../../../docs/failure-classes.md');
    expect(readFileSync(file, 'utf8'), 'npx domes diagnose --list --markdown > docs/failure-classes.md').toBe(
      catalogueDocument(),
    );
  });
});
