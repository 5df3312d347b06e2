/** The report in a real browser, opened from disk. Skipped, with the reason, where there is no Chromium. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findProgram } from '../../../../setup/host-packages.mjs';
import { RecordedRun } from '../fixtures/recorded-run.ts';
import { GUEST_TROUBLE } from '../fixtures/sample-run.ts';
import type { TestRecord } from '../run.ts';
import { pageAssets } from './assets.ts';
import { writeReport } from './write-report.ts';

const program = findProgram('chromium') ?? findProgram('chromium-browser') ?? findProgram('google-chrome');
const isRoot = process.getuid?.() === 0;

/** Everything that could act on a page, a script, a terminal or the reader's eyes. */
const HOSTILE = [
  '</script><script>alert(1)</script>',
  '<img src=x onerror=alert(2)><iframe src="https://example.org/x">',
  '<!-- \u2028 \u2029 \u202e gnirts \ufeff \x00 \x9b31m',
  '\x1b]0;title\x07\x1b]8;;https://example.org/\x07link\x1b]8;;\x07\x1b[31mred\x1b[2J\x1b[?1049h',
  '\x1bP+q544e\x1b\\\x1b[6n\x1b]52;c;QUJD\x07',
  "javascript:alert(3)' onclick='alert(4)' style='display:none",
].join('\r\n');

/** The smallest PNG there is: one point, grey. */
function onePointPng(): Buffer {
  const pixels =
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==';
  return Buffer.from(pixels, 'base64');
}

interface Opened {
  readonly page: Page;
  readonly requests: string[];
  readonly alarms: string[];
}

describe.skipIf(program === undefined)(
  `the report in a browser${program ? '' : ' (there is no Chromium here)'}`,
  { timeout: 60_000 },
  () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await chromium.launch({
        executablePath: program as string,
        args: isRoot ? ['--no-sandbox'] : [],
      });
    }, 60_000);
    afterAll(() => browser?.close());

    async function open(recorded: RecordedRun, tests: TestRecord[], address = ''): Promise<Opened> {
      const run = recorded.run(tests);
      mkdirSync(join(recorded.root, run.folder), { recursive: true });
      const file = writeReport(recorded.root, run, await pageAssets());
      const context = await browser.newContext({ reducedMotion: 'reduce' });
      const page = await context.newPage();
      const requests: string[] = [];
      const alarms: string[] = [];
      page.on('request', (request) => requests.push(request.url()));
      page.on('pageerror', (error) => alarms.push(`error: ${error.message}`));
      page.on('console', (message) => alarms.push(`${message.type()}: ${message.text()}`));
      page.on('popup', () => alarms.push('popup'));
      page.on('dialog', (dialog) => {
        alarms.push(`dialog: ${dialog.message()}`);
        void dialog.dismiss();
      });
      await page.goto(pathToFileURL(file).href + address);
      await page.locator('h1').waitFor();
      return { page, requests, alarms };
    }

    test('from the list to a scenario: search, play, scrub, a milestone; nothing comes from outside', async () => {
      using recorded = new RecordedRun();
      const output = Array.from(
        { length: 400 },
        (_, index) => [index * 25, `[${index}] line ${index}\r\n`] as const,
      );
      const { page, requests, alarms } = await open(recorded, [
        recorded.test(
          [
            { name: 'com1', output },
            { name: 'shell', output: [[9_000, '~ # ']] },
          ],
          {},
          { name: 'boots' },
        ),
        recorded.test([], {}, { name: 'other', file: 'scenarios/other.test.ts' }),
      ]);
      expect(await page.locator('h1').innerText()).toBe('All 2 scenarios passed');
      await page.keyboard.press('/');
      await page.keyboard.type('boots');
      expect(await page.locator('a.row:visible').count()).toBe(1);
      await page.keyboard.press('Escape');
      await page.keyboard.press('j');
      await page.keyboard.press('Enter');

      // It opens at its end; the player has drawn what the terminal showed.
      const com1 = page.locator('.console', { hasText: 'com1' });
      await expect.poll(() => com1.locator('.terminal').innerText()).toContain('line 399');
      await page.getByRole('button', { name: 'hypervisor', exact: true }).click();
      const clock = page.locator('.transport output');
      expect(await clock.innerText()).toMatch(/^3\.1 \//);
      await expect.poll(() => com1.locator('.terminal').innerText()).toContain('line 124');
      await expect.poll(() => com1.locator('.terminal').innerText()).not.toContain('line 125');

      await page.locator('.scrub input').focus();
      await page.locator('.scrub input').fill('5000');
      await expect.poll(() => com1.locator('.terminal').innerText()).toContain('line 200');
      await page.locator('h1').click();
      await page.keyboard.press(']');
      expect(await clock.innerText()).toMatch(/^5\.6 \//);
      await page.keyboard.press(' ');
      await expect.poll(() => clock.innerText()).not.toMatch(/^5\.6 \//);
      await page.keyboard.press(' ');

      await page.keyboard.press('/');
      await page.keyboard.type('line 77');
      await page.locator('.hits button').first().click();
      await expect.poll(() => com1.locator('.row.marked').innerText()).toContain('[77] line 77');
      expect(await clock.innerText()).toMatch(/^1\.9 \//);

      expect(alarms).toEqual([]);
      expect(requests.filter((url) => !url.startsWith(pathToFileURL(recorded.root).href))).toEqual([]);
    });

    test('a picture of the screen is shown, and its time leads to its moment', async () => {
      using recorded = new RecordedRun();
      const output = [
        [0, 'first\r\n'],
        [8_000, 'last'],
      ] as const;
      const file = 'xen-pv/boots/screenshots/1-the-panic.png';
      const screenshots = [{ file, atMs: 5_000, name: 'the panic' }];
      const shown = recorded.test([{ name: 'com1', output }], { screenshots });
      recorded.file(file, onePointPng());
      const { page, alarms } = await open(recorded, [shown], '#/s0');
      const picture = page.getByRole('img', { name: 'The screen: the panic' });
      await expect
        .poll(() => picture.evaluate((image) => (image as { naturalWidth?: number }).naturalWidth))
        .toBe(1);
      await page.locator('figcaption button').click();
      expect(await page.locator('.transport output').innerText()).toMatch(/^5\.0 \//);
      expect(alarms).toEqual([]);
    });

    test('a known failure links to its tracker and says how to see it again; a flaky pass is found by that word', async () => {
      using recorded = new RecordedRun();
      const known = { tracker: 'https://example.org/7', snoozeUntil: '2030-01-31', isSnoozed: true };
      const hostile = { tracker: 'javascript:alert(1)', isSnoozed: false };
      const recording = { because: 'DOMES_RECORD=on-failure', is: 'kept', capsule: 'reports/c' } as const;
      const bad = { state: 'failed', troubles: [GUEST_TROUBLE] } as const;
      const { page, alarms } = await open(recorded, [
        recorded.test([], { recording }, { ...bad, name: 'known', troubles: [GUEST_TROUBLE], known }),
        recorded.test([], {}, { ...bad, name: 'odd', troubles: [GUEST_TROUBLE], known: hostile }),
        recorded.test([], {}, { name: 'second try', retries: 1 }),
      ]);
      expect(await page.locator('a.row').first().innerText()).toContain('known, snoozed');
      await page.locator('.search').fill('flaky');
      expect(await page.locator('a.row:visible .what').allInnerTexts()).toEqual(['second try']);
      await page.goto(page.url().replace(/#.*|$/, '#/s0'));
      const card = page.locator('.diagnosis');
      expect(await card.getByRole('link').getAttribute('href')).toBe(known.tracker);
      expect(await card.innerText()).toContain('snoozed until 2030-01-31');
      expect(await card.locator('.command').first().innerText()).toBe('npx domes replay reports/c');
      await page.goto(page.url().replace(/#.*|$/, '#/s1'));
      await page.getByText('javascript:alert(1)').waitFor();
      expect(await card.getByRole('link').count()).toBe(0);
      expect(alarms).toEqual([]);
    });

    test('a guest that prints HTML, scripts and sequences changes nothing but its own text', async () => {
      using recorded = new RecordedRun();
      const finding = {
        class: 'guest-kernel/no-root-device',
        stage: 'guest-kernel',
        severity: 'fatal',
        cause: 'no root disk',
        remedy: HOSTILE,
        evidence: { console: 'com1', line: 3, atMs: 200, text: HOSTILE },
        expected: false,
      } as const;
      const milestones = [
        { name: HOSTILE, stage: 'kernel', atMs: 100, evidence: HOSTILE, console: HOSTILE },
      ] as const;
      const hostile = recorded.test(
        [
          {
            name: 'com1',
            output: [
              [10, HOSTILE],
              [200, `\r\n${HOSTILE}\r\nthe end`],
            ],
          },
        ],
        {
          name: HOSTILE,
          findings: [finding],
          milestones: [...milestones],
          cleanupTrouble: [HOSTILE],
          argv: [['qemu', HOSTILE]],
        },
        { name: HOSTILE, state: 'failed', troubles: [{ ...GUEST_TROUBLE, text: HOSTILE, summary: HOSTILE }] },
      );
      const { page, requests, alarms } = await open(recorded, [hostile]);
      await page.locator('a.row').click();
      const com1 = page.locator('.console');
      await com1.locator('.row.marked').waitFor();
      await com1.getByRole('button', { name: 'Terminal' }).click();
      await expect.poll(() => com1.locator('.terminal').innerText()).toContain('the end');
      for (const details of await page.locator('details').all())
        await details.evaluate((element) => element.setAttribute('open', ''));

      expect(await page.title()).toContain('</script><script>alert(1)');
      expect(await page.locator('.diagnosis').innerText()).toContain('<img src=x onerror=alert(2)>');
      const foreign = 'img, iframe, object, embed, a[href*=":"], [onclick], [onerror]';
      expect(await page.locator(foreign).evaluateAll((all) => all.map(({ outerHTML }) => outerHTML))).toEqual(
        [],
      );
      for (const script of await page.locator('script').all())
        expect(await script.getAttribute('src')).toMatch(/^html\/[0-9a-f]{8}\/[\w-]+\.js$/);
      expect(await page.locator('link[rel=stylesheet]').count()).toBe(2);
      expect(alarms).toEqual([]);
      expect(requests.filter((url) => !url.startsWith(pathToFileURL(recorded.root).href))).toEqual([]);
    });

    test('a failure opens at its line; a console that is absent says so; a phone does not scroll sideways', async () => {
      using recorded = new RecordedRun();
      const output = Array.from(
        { length: 3_000 },
        (_, index) => [index, `line ${index + 1} ${'of a long story '.repeat(20)}\n`] as const,
      );
      const failed = recorded.test(
        [{ name: 'com1', output }],
        {
          findings: [
            {
              class: 'kernel/no-root-device',
              stage: 'kernel',
              severity: 'fatal',
              cause: 'the kernel found no root file system',
              remedy: 'give it one',
              evidence: { console: 'com1', line: 1_234, atMs: 1_233, text: 'line 1234' },
              expected: false,
            },
          ],
        },
        {
          name: "it's broken",
          state: 'failed',
          troubles: [{ ...GUEST_TROUBLE, type: 'kernel/no-root-device' }],
        },
      );
      failed.scenario?.machines[0]?.consoles.push({
        name: 'gone',
        log: 'gone.log',
        bytes: 9,
        typing: { sent: 0, echoed: 0, retyped: 0 },
        tail: [],
      });
      const { page, alarms } = await open(recorded, [failed], '#/s0');
      await expect.poll(() => page.locator('.row.marked').innerText()).toContain('line 1234');
      expect(await page.locator('.diagnosis .command').innerText()).toBe(
        "npx vitest run scenarios/xen-pv.test.ts -t 'it'\\''s broken'",
      );
      expect(await page.locator('.console', { hasText: 'gone' }).innerText()).toContain('Not shown');
      await page.keyboard.press('/');
      await page.keyboard.type('line 12');
      await page.locator('.hits li').first().waitFor();
      await page.setViewportSize({ width: 360, height: 740 });
      const { scrollWidth, clientWidth } = await page
        .locator('html')
        .evaluate((element) => ({ scrollWidth: element.scrollWidth, clientWidth: element.clientWidth }));
      expect(scrollWidth).toBeLessThanOrEqual(clientWidth);
      expect(alarms).toEqual([]);
    });
  },
);
