/**
 * Prints the JSON schema of `run.json`. After a change of run.ts or record.ts:
 * `npx tsx src/harness/report/run-schema.ts > src/harness/report/run.schema.json && npx biome format --write src/harness/report/run.schema.json`
 */
import { z } from 'zod';
import { RunRecord } from './run.ts';

process.stdout.write(`${JSON.stringify(z.toJSONSchema(RunRecord), undefined, 2)}\n`);
