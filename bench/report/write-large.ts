/**
 * Writes a report, alone in a process, and prints what that took as JSON. The run and its logs are there already:
 * `node --import tsx bench/report/write-large.ts FOLDER`
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pageAssets } from '../../src/harness/report/html/assets.ts';
import { writeReport } from '../../src/harness/report/html/write-report.ts';
import { RunRecord } from '../../src/harness/report/run.ts';

const [root = ''] = process.argv.slice(2);
const run = RunRecord.parse(JSON.parse(readFileSync(join(root, 'run.json'), 'utf8')));
const assets = await pageAssets();
const before = { memory: process.resourceUsage().maxRSS, cpu: process.cpuUsage() };
const startedAt = performance.now();
writeReport(root, run, assets);
const tookMs = performance.now() - startedAt;
const { user, system } = process.cpuUsage(before.cpu);
process.stdout.write(
  JSON.stringify({
    tookMs,
    cpuMs: (user + system) / 1000,
    // Of the whole process, KiB (getrusage(2)): Node and tsx are in it.
    memoryMb: process.resourceUsage().maxRSS / 1024,
    beforeMb: before.memory / 1024,
  }),
);
