/** The errors of waits as their reader sees them: the text is the product. */
import { describe, expect, test } from 'vitest';
import { AbortError, EndOfStreamError, ExpectTimeoutError, KnownFailureError } from '../errors.ts';
import { FatalLines } from './testing/fatal-lines.ts';
import { scriptedConsole } from './testing/scripted-guest.ts';

const NEVER = { check: () => undefined };

describe('a wait that failed', () => {
  const silent = () => {
    let now = 1_000;
    const interrupt = new FatalLines();
    const stop = new AbortController();
    const context = { interrupt, signal: stop.signal };
    const { guest, console } = scriptedConsole(context, { clock: () => now });
    interrupt.watch(console);
    guest.print('Starting up\r\nVFS: Cannot open root device "xvda1"\r\n');
    now = 59_300;
    return { guest, console, stop };
  };
  const messageOf = async (wait: Promise<unknown>, type: new (...args: never[]) => Error) => {
    const error = await wait.then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(error).toBeInstanceOf(type);
    return (error as Error).message;
  };

  test('deadline', async () => {
    const { console } = silent();
    const patterns = { login: 'login: ', emergency: /emergency mode/ };
    const wait = console.expectOneOf(patterns, { timeout: 1 });
    expect(await messageOf(wait, ExpectTimeoutError)).toMatchInlineSnapshot(`
      "console "guest" printed neither login "login: " nor emergency /emergency mode/ (waited 0.0 s)
        blame       guest: the system under test misbehaved
        console     guest
        heard       silent for 58 s; 51 bytes of text unread
            1.000 │ Starting up
            1.000 │ VFS: Cannot open root device "xvda1""
    `);
    expect(await messageOf(console.expect('$ ', { timeout: 1 }), ExpectTimeoutError)).toMatchInlineSnapshot(`
      "console "guest" did not print "$ " (waited 0.0 s)
        blame       guest: the system under test misbehaved
        console     guest
        heard       silent for 58 s; 51 bytes of text unread
            1.000 │ Starting up
            1.000 │ VFS: Cannot open root device "xvda1""
    `);
    console.skip();
    expect(await messageOf(console.expect('Cannot open', { timeout: 1 }), ExpectTimeoutError)).toContain(
      'probably    "Cannot open" was printed before, at 1.000 s (line 2), and has been read past',
    );
    const more = console.expectOneOf({ a: 'a!', b: 'b!', c: 'c!' }, { timeout: 1 });
    expect(await messageOf(more, ExpectTimeoutError)).toMatch(
      'printed none of a "a!", b "b!" and c "c!" (waited 0.0 s)',
    );
  });

  test.each([
    [
      /cannot open root/,
      '"VFS: Cannot open root device \\"xvda1\\"" is /cannot open root/ but for upper and lower case',
    ],
    [
      'Cannot open root disk',
      '"VFS: Cannot open root device \\"xvda1\\"" comes closest to "Cannot open root disk"',
    ],
    ['nothing like it', undefined],
  ])('deadline, with what came closest to %s', async (pattern, probably) => {
    const { console } = silent();
    const error = await console.expect(pattern, { timeout: 1 }).catch((error: unknown) => error);
    expect((error as ExpectTimeoutError).facts.probably).toBe(probably);
  });

  test('deadline, of the test', async () => {
    const { console } = scriptedConsole({ remainingMs: () => 10 });
    expect(await messageOf(console.expect('x'), ExpectTimeoutError)).toMatchInlineSnapshot(`
      "console "guest" did not print "x" (waited 0.0 s, all that was left of the test)
        blame       guest: the system under test misbehaved
        console     guest
        heard       nothing at all since power-on"
    `);
  });

  test('known failure', async () => {
    const { guest, console } = silent();
    const wait = console.expect('login: ');
    guest.print('FATAL: no root\r\n');
    expect(await messageOf(wait, KnownFailureError)).toMatchInlineSnapshot(`
      "kernel/panic: "FATAL: no root" while console "guest" was waiting for "login: "
        blame       guest: the system under test misbehaved
        console     guest
        class       kernel/panic
        probably    the kernel gave up
            1.000 │ Starting up
            1.000 │ VFS: Cannot open root device "xvda1"
           59.300 │ FATAL: no root"
    `);
  });

  test('end of stream', async () => {
    const { guest, console } = silent();
    guest.end();
    expect(await messageOf(console.expect('login: '), EndOfStreamError)).toMatchInlineSnapshot(`
      "console "guest" ended; it did not print "login: "
        blame       guest: the system under test misbehaved
        console     guest
        heard       silent for 58 s; 51 bytes of text unread
            1.000 │ Starting up
            1.000 │ VFS: Cannot open root device "xvda1""
    `);
  });

  test('abort', async () => {
    const { console, stop } = silent();
    const wait = console.until("GRUB's menu", NEVER);
    stop.abort();
    expect(await messageOf(wait, AbortError)).toMatchInlineSnapshot(`
      "the run was cancelled while console "guest" was waiting for GRUB's menu
        blame       runner: the run was cancelled
        console     guest
            1.000 │ Starting up
            1.000 │ VFS: Cannot open root device "xvda1""
    `);
  });
});
