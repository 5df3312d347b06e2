import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { sampleFailure, sampleRun, sampleTest } from './fixtures/sample-run.ts';
import { RunRecord } from './run.ts';

test('the published JSON schema is the one that is checked (run-schema.ts says how to renew it)', () => {
  const published = JSON.parse(readFileSync(new URL('run.schema.json', import.meta.url), 'utf8'));
  expect(published).toEqual(z.toJSONSchema(RunRecord));
});

test('a record survives JSON', () => {
  const run = sampleRun([sampleTest(), sampleFailure()]);
  expect(RunRecord.parse(JSON.parse(JSON.stringify(run)))).toEqual(run);
});
