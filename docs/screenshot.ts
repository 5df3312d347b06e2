/**
 * Makes docs/report.png, the picture in the README: the report of the latest run of scenarios/xen-pv.test.ts, at the moment
 * when the guest is up.
 *
 *     npx vitest run scenarios/xen-pv.test.ts && npx tsx docs/screenshot.ts
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { findProgram } from '../setup/host-packages.mjs';
import { rewriteReport } from '../src/harness/cli/rewrite-report.ts';

const root = join(import.meta.dirname, '..');
process.chdir(root);
await rewriteReport(process.argv[2], {});

const executablePath = findProgram('chromium');
if (!executablePath) throw new Error('this needs Chromium: sudo apt-get install chromium');
await using browser = await chromium.launch({
  executablePath,
  args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
});
const page = await browser.newPage({ viewport: { width: 1280, height: 1400 }, reducedMotion: 'reduce' });
await page.goto(pathToFileURL(join(root, 'reports/index.html')).href);
await page.locator('a.row', { hasText: 'paravirtualised guest' }).click();
await page.getByRole('button', { name: 'guest-userspace', exact: true }).click();
await page.mouse.move(0, 0);
// Every terminal that has printed something has drawn it.
for (const terminal of await page.locator('.terminal').all()) await terminal.locator('.ap-term').waitFor();
await page.waitForFunction(() => "document.fonts.status === 'loaded'");
await page.locator('.transport').evaluate((bar) => bar.remove());
await page.screenshot({ path: 'docs/report.png', animations: 'disabled' });
process.stdout.write('docs/report.png\n');
