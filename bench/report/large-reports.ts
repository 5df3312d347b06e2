/** How long a large report takes to be written and to be opened, and how much memory the writer has. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { execa } from 'execa';
import { type Browser, chromium } from 'playwright-core';
import { findProgram } from '../../setup/host-packages.mjs';
import type { RunRecord } from '../../src/harness/report/run.ts';
import { median } from '../median.ts';
import { largeConsole, manyScenarios } from './large-run.ts';

const OPENED = 5;

export async function benchLargeReports(): Promise<void> {
  const program = findProgram('chromium') ?? findProgram('google-chrome');
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const browser = program ? await chromium.launch({ executablePath: program, args }) : undefined;
  try {
    await benchOne('a console of 100 MB', largeConsole, browser);
    await benchOne('500 scenarios', manyScenarios, browser);
  } finally {
    await browser?.close();
  }
}

async function benchOne(name: string, make: (root: string) => RunRecord, browser: Browser | undefined) {
  const root = mkdtempSync(join(tmpdir(), 'domes-bench-'));
  try {
    const run = make(root);
    mkdirSync(join(root, run.folder), { recursive: true });
    writeFileSync(join(root, 'run.json'), JSON.stringify(run));
    const writer = join(import.meta.dirname, 'write-large.ts');
    const { stdout } = await execa(process.execPath, ['--import', 'tsx', writer, root]);
    const { tookMs, cpuMs, memoryMb, beforeMb } = JSON.parse(stdout) as Record<string, number>;
    console.log(`report of ${name}:`);
    console.log(`  written in        ${seconds(tookMs)}, CPU ${seconds(cpuMs)}`);
    console.log(`  writer's memory   ${memoryMb?.toFixed(0)} MB at most, ${beforeMb?.toFixed(0)} MB before`);
    console.log(`  size              ${(bytesIn(join(root, 'reports/html')) / 1e6).toFixed(1)} MB`);
    if (!browser) return console.log('  opened in         (there is no Chromium here)');
    const list = await opened(browser, root, '', 'a.row');
    const scenario = await opened(browser, root, '#/s0', '.console .text .row, .console .terminal');
    console.log(`  opened in         ${seconds(list.tookMs)}, first paint ${seconds(list.paintMs)}`);
    console.log(`  a scenario in     ${seconds(scenario.tookMs)}, first paint ${seconds(scenario.paintMs)}`);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** Until something that is looked for is there, median of some times, from disk in a fresh window. */
async function opened(browser: Browser, root: string, address: string, selector: string) {
  const took: number[] = [];
  const paint: number[] = [];
  for (let round = 0; round < OPENED; round++) {
    const context = await browser.newContext();
    const page = await context.newPage();
    const startedAt = performance.now();
    await page.goto(pathToFileURL(join(root, 'reports/index.html')).href + address);
    await page.locator(selector).first().waitFor();
    took.push(performance.now() - startedAt);
    paint.push(
      await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN),
    );
    await context.close();
  }
  return { tookMs: median(took), paintMs: median(paint) };
}

function bytesIn(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}

function seconds(ms = Number.NaN): string {
  return `${(ms / 1000).toFixed(2)} s`;
}
