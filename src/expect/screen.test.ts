import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { EndOfStreamError, ExpectTimeoutError, KnownFailureError } from '../errors.ts';
import { FatalLines } from './testing/fatal-lines.ts';
import { scriptedConsole } from './testing/scripted-guest.ts';

afterEach(() => {
  vi.useRealTimers();
});

const MENU =
  '\x1b[2J\x1b[1;1HGNU GRUB\x1b[3;2H Debian \x1b[7m\x1b[4;2H*Xen ä \x1b[m\x1b[5;2H Windows\x1b[4;9H';

const SHOWN = 'GNU GRUB\n\n  Debian \n *Xen ä \n  Windows';

describe('the screen', () => {
  test('is what a terminal shows, wherever the bytes were cut', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(MENU.length)), (cuts) => {
        const { guest, console } = scriptedConsole();
        guest.print(MENU, cuts);
        expect(console.screen.text).toBe(SHOWN);
        expect(console.screen.rows()[3]).toMatchObject({ text: ' *Xen ä ', highlighted: '*Xen ä' });
        expect(console.screen.rows()[4]?.highlighted).toBe('');
        expect(console.screen.cursor).toEqual({ column: 8, row: 3 });
      }),
    );
  });

  test('is up to date whenever it is looked at', () => {
    const { guest, console } = scriptedConsole();
    expect(console.screen.text).toBe('');
    guest.print('one');
    expect(console.screen.text).toBe('one');
    guest.print('\x1b[2J\x1b[Htwo');
    expect(console.screen.text).toBe('two');
  });

  test('is right after more than is kept went by unseen', () => {
    const { guest, console } = scriptedConsole();
    guest.print('\x1b[7mold\x1b[20;1Hgarbage');
    expect(console.screen.text).toContain('garbage');
    guest.print(`${'boot messages\r\n'.repeat(20_000)}\x1b[m${MENU}`);
    expect(console.screen.text).toBe(SHOWN);
  });
});

describe('a wait for the screen', () => {
  test('looks now and then, and at what came last', async () => {
    const { guest, console } = scriptedConsole();
    let looks = 0;
    const found = console.screen.until('Windows', (rows) => {
      looks++;
      return rows.some(({ text }) => text.includes('Windows')) ? rows.length : undefined;
    });
    guest.print(
      MENU,
      Array.from({ length: MENU.length }, (_, i) => i),
    );
    expect(await found).toBe(25);
    expect(looks).toBeLessThan(10);
  });

  test('has the last look when its time is up, or the console ends', async () => {
    vi.useFakeTimers();
    const { guest, console } = scriptedConsole();
    const find = (text: string) =>
      console.screen.until(text, () => console.screen.text === text || undefined);
    const late = find('one');
    guest.print('one');
    guest.end();
    await vi.advanceTimersByTimeAsync(10);
    expect(await late).toBe(true);
    const never = find('two').catch((error: unknown) => error);
    expect(await never).toBeInstanceOf(EndOfStreamError);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('ends with a failure, and shows the screen when its time is up', async () => {
    const interrupt = new FatalLines();
    const { guest, console } = scriptedConsole({ interrupt });
    interrupt.watch(console);
    guest.print(MENU);
    const error = await console.screen
      .until('the installer', () => undefined, { timeout: 1 })
      .catch((error: unknown) => error as ExpectTimeoutError);
    expect(error).toBeInstanceOf(ExpectTimeoutError);
    expect((error as ExpectTimeoutError).facts.lastLines?.map(({ text }) => text)).toEqual([
      'GNU GRUB',
      '  Debian ',
      ' *Xen ä ',
      '  Windows',
    ]);
    const wait = console.screen.until('the installer', () => undefined);
    guest.print('\r\nFATAL\r\n');
    await expect(wait).rejects.toThrow(KnownFailureError);
  });
});
