/**
 * What the parts of recording and reporting cost for a run that is there, each done over again by itself: these are some
 * milliseconds, which the comparison of two whole runs can't show on a host that has anything else to do.
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConsoleLog } from '../../src/harness/console/log-files.ts';
import { type Piece, RecordedText, readRecording } from '../../src/harness/report/console-recording.ts';
import { appendHistory } from '../../src/harness/report/history.ts';
import { pageAssets } from '../../src/harness/report/html/assets.ts';
import { writeReport } from '../../src/harness/report/html/write-report.ts';
import { junitOf } from '../../src/harness/report/junit.ts';
import { blockRows } from '../../src/harness/report/live/block.ts';
import { appendEvent, LiveEvent } from '../../src/harness/report/live/event.ts';
import { Standings } from '../../src/harness/report/live/standing.ts';
import { RunTally } from '../../src/harness/report/live/tally.ts';
import { RunRecord } from '../../src/harness/report/run.ts';
import { REPORTS } from '../../src/harness/report/run-folder.ts';
import { safeJson } from '../../src/harness/report/safe-json.ts';
import { writeWholeFile } from '../../src/harness/report/whole-file.ts';

/** As in LiveView. */
const TICK_MS = 250;
const WINDOW = { columns: 100, rows: 40, colour: true };

/** CPU of each part, ms, for the latest run in a folder of reports. */
export async function partsOfARun(root: string): Promise<Record<string, number>> {
  const runs = join(root, REPORTS, 'runs');
  // The other arm has a folder too, and no record.
  const recorded = readdirSync(runs).filter((id) => existsSync(join(runs, id, 'run.json')));
  const latest = recorded.sort().at(-1) as string;
  const run = RunRecord.parse(JSON.parse(readFileSync(join(runs, latest, 'run.json'), 'utf8')));
  const scratch = mkdtempSync(join(tmpdir(), 'domes-bench-'));
  try {
    const events = eventsOf(join(runs, latest, 'events.jsonl'));
    return {
      'consoles kept in files': recordAgain(join(runs, latest), run, scratch),
      'events told': took(() => {
        for (const event of events) appendEvent(join(scratch, 'events.jsonl'), event);
      }),
      'live block drawn': drawAgain(run, events),
      'run.json, junit.xml, history': took(() => {
        writeWholeFile(join(scratch, 'run.json'), safeJson(run, 2));
        writeWholeFile(join(scratch, 'junit.xml'), junitOf(run));
        appendHistory(scratch, run);
      }),
      ...(await writeAgain(root, run)),
    };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function took(work: () => void): number {
  const before = process.cpuUsage();
  work();
  return cpuSince(before);
}

/** Of this process: what else the host does is not in it. */
function cpuSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

function recordAgain(runFolder: string, run: RunRecord, scratch: string): number {
  let sum = 0;
  const machines = run.tests.flatMap(({ scenario }) => scenario?.machines ?? []);
  for (const [index, machine] of machines.entries()) {
    const folder = join(scratch, String(index));
    mkdirSync(folder);
    for (const { name, log } of machine.consoles) {
      const pieces = piecesOf(join(runFolder, log));
      sum += took(() => {
        using files = new ConsoleLog(folder, name);
        for (const { atMs, direction, bytes, text } of pieces) {
          if (direction === 'i') files.sent(bytes, atMs);
          else {
            files.received(bytes, atMs);
            files.append(text);
          }
        }
      });
    }
  }
  return sum;
}

function piecesOf(log: string): (Piece & { readonly text: Uint8Array })[] {
  const recorded = new RecordedText(log);
  try {
    return [...readRecording(log)].map((piece) => ({
      ...piece,
      bytes: Buffer.from(piece.bytes),
      text: piece.direction === 'i' ? new Uint8Array() : Buffer.concat([...recorded.of(piece)]),
    }));
  } finally {
    recorded.close();
  }
}

function eventsOf(file: string): LiveEvent[] {
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  return lines.map((line) => LiveEvent.parse(JSON.parse(line)));
}

function drawAgain({ startedAt, endedAt }: RunRecord, events: readonly LiveEvent[]): number {
  const from = Date.parse(startedAt);
  const tally = new RunTally(1);
  const standings = new Standings();
  let next = 0;
  return took(() => {
    for (let now = from; now < Date.parse(endedAt); now += TICK_MS) {
      for (; (events[next]?.at ?? Number.POSITIVE_INFINITY) <= now; next++)
        standings.apply(events[next] as LiveEvent);
      const machines = standings.running.map((standing) => ({ standing, expected: undefined }));
      blockRows({ machines, tally: tally.now, now }, WINDOW);
    }
  });
}

/** The page's script is bundled once, and taken from the cache then. */
async function writeAgain(root: string, run: RunRecord): Promise<Record<string, number>> {
  const before = process.cpuUsage();
  const assets = await pageAssets();
  const bundledMs = cpuSince(before);
  return { 'page put together': bundledMs, 'report written': took(() => writeReport(root, run, assets)) };
}
