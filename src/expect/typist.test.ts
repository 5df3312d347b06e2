import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { AbortError, KnownFailureError, ScenarioError, TypingError } from '../errors.ts';
import { FatalLines } from './testing/fatal-lines.ts';
import { scriptedConsole } from './testing/scripted-guest.ts';
import { echoing } from './testing/scripted-terminal.ts';

const KERNEL = '[  241.200000] random: crng init done\r\n';

afterEach(() => {
  vi.useRealTimers();
});

describe('typing', () => {
  test('never has more than a FIFO under way, and loses nothing', async () => {
    const line = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 200 }).filter(isTypable);
    await fc.assert(
      fc.asyncProperty(line, async (text) => {
        const { guest, console } = scriptedConsole();
        const bursts: string[] = [];
        guest.onInput = (burst) => {
          // Answered later, as a guest does.
          bursts.push(burst);
          queueMicrotask(() => guest.print(burst));
        };
        await console.type(text);
        expect(guest.received).toBe(text);
        expect(Math.max(...bursts.map((burst) => Buffer.byteLength(burst)))).toBeLessThanOrEqual(16);
        const characters = Array.from(text).length;
        expect(console.typing).toEqual({ sent: characters, echoed: characters, retyped: 0 });
      }),
      { numRuns: 50 },
    );
  });

  test('waits for each burst to be echoed before it sends the next', async () => {
    const { guest, console } = scriptedConsole();
    const typed = console.type('a command of more than sixteen characters');
    expect(guest.received).toBe('a command of mo');
    guest.print('a command of m');
    await Promise.resolve();
    expect(guest.received).toBe('a command of mo');
    echoing(guest);
    guest.print('o');
    await typed;
    expect(guest.received).toBe('a command of more than sixteen characters');
  });

  test('goes on over wraps and kernel messages', async () => {
    const { guest, console } = scriptedConsole();
    const text = 'echo a rather long line that the terminal wraps more than once, at its margin';
    const before = new Map([
      [20, KERNEL],
      [31, `${KERNEL}(XEN) x\r\n`],
    ]);
    const terminal = echoing(guest, { columns: 15, before });
    await console.type(text);
    expect(terminal.line).toBe(text);
    expect(console.transcript.echoes.overlapping(0, 1)).toBeDefined();
  });

  test('is not misled by a wrap that looks like the blank at the end of a burst', async () => {
    const { guest, console } = scriptedConsole();
    guest.onInput = (text) => {
      if (text === 'fourteen-chars ') guest.print('fourteen-chars ');
      else guest.print(`\b ${text}`);
    };
    await console.type('fourteen-chars and more');
    expect(guest.received).toBe('fourteen-chars and more');
  });

  test.each(['a\rb', 'a\nb', '\x03', '\x7f'])('refuses the control characters in %j', async (text) => {
    const { guest, console } = scriptedConsole();
    await expect(console.type(text)).rejects.toThrow(ScenarioError);
    await expect(console.typeHidden(text)).rejects.toThrow('cannot type a hidden text');
    expect(guest.received).toBe('');
  });

  test('of two at once is refused', async () => {
    const { guest, console } = scriptedConsole();
    const first = console.type('first');
    await expect(console.type('second')).rejects.toThrow('console "guest" is still being typed at ("first")');
    guest.print('first');
    await first;
  });

  test('ends with a failure, or an abort, that comes meanwhile', async () => {
    const interrupt = new FatalLines();
    const { guest, console } = scriptedConsole({ interrupt });
    interrupt.watch(console);
    const stop = new AbortController();
    const aborted = console.type('one', { signal: stop.signal });
    stop.abort();
    await expect(aborted).rejects.toThrow(AbortError);
    const failed = console.type('two');
    guest.print('FATAL\n');
    await expect(failed).rejects.toThrow(KnownFailureError);
  });
});

describe('an echo that does not come', () => {
  const rejection = async (typed: Promise<void>): Promise<TypingError> => {
    const error = typed.catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(30_000);
    return (await error) as TypingError;
  };

  test('is an error after 8 s of silence', async () => {
    vi.useFakeTimers();
    const { console } = scriptedConsole();
    const error = console.type('secret').catch((error: unknown) => error as TypingError);
    await vi.advanceTimersByTimeAsync(8_001);
    expect(await error).toBeInstanceOf(TypingError);
    expect(((await error) as TypingError).message).toMatchInlineSnapshot(`
      "typed "secret" at console "guest", but nothing of it was echoed
        blame       guest: the system under test misbehaved
        console     guest
        heard       nothing at all since power-on
        probably    nobody reads this console now, or it does not echo (a password prompt, a boot loader)
        next        wait for a prompt before typing; where nothing is echoed use typeHidden(), at a menu use its keys"
    `);
    expect(((await error) as TypingError).echo).toBe('');
    expect(vi.getTimerCount()).toBe(0);
  });

  test('or after 20 s, when the console prints other things', async () => {
    vi.useFakeTimers();
    const { guest, console } = scriptedConsole();
    const chatter = setInterval(() => guest.print(KERNEL), 1_000);
    let error: TypingError | undefined;
    void console.type('ls').catch((caught: TypingError) => {
      error = caught;
    });
    await vi.advanceTimersByTimeAsync(19_000);
    expect(error).toBeUndefined();
    await vi.advanceTimersByTimeAsync(1_100);
    expect(error).toBeInstanceOf(TypingError);
    clearInterval(chatter);
    expect(vi.getTimerCount()).toBe(0);
  });

  test.each([
    ['lost', { lose: (line: string, next: string) => line + next === 'xl l' }, 'xl ist'],
    ['doubled', { double: (line: string) => line === 'xl ' }, 'xl llist'],
  ])('whole because a character was %s is shown', async (_, faults, echo) => {
    vi.useFakeTimers();
    const { guest, console } = scriptedConsole();
    echoing(guest, faults);
    const error = await rejection(console.type('xl list'));
    expect(error).toBeInstanceOf(TypingError);
    expect(error.message).toContain(`typed "xl list" at console "guest", but the echo was "${echo}"`);
    expect(error.echo).toBe(echo);
  });

  test('is no reason to wait beyond the end of the test', async () => {
    const { console } = scriptedConsole({ remainingMs: () => 5 });
    await expect(console.type('ls')).rejects.toThrow(TypingError);
  });

  test('at once may come later, behind a message in an unknown format', async () => {
    vi.useFakeTimers();
    const { guest, console } = scriptedConsole();
    echoing(guest, { before: new Map([[3, 'random: crng init done\r\n']]) });
    const typed = console.type('xl list');
    await vi.advanceTimersByTimeAsync(100);
    await typed;
    // Only the typed characters are echo: the message is the guest's own.
    expect(console.transcript.echoes.overlapping(3, 20)).toBeUndefined();
  });
});

describe('hidden typing', () => {
  test('is paced by time, and is neither in errors nor in the record', async () => {
    vi.useFakeTimers();
    const recorded: string[] = [];
    const recorder = {
      received: () => {},
      sent: (bytes: Uint8Array) => recorded.push(Buffer.from(bytes).toString()),
    };
    const { guest, console } = scriptedConsole({}, { recorder });
    const secret = 'correct horse battery staple ä';
    const typed = console.typeHidden(secret);
    expect(guest.received).toBe('correct horse b');
    await vi.advanceTimersByTimeAsync(100);
    await typed;
    expect(guest.received).toBe(secret);
    expect(recorded.join('')).toBe('*'.repeat(secret.length));
  });

  test('ends with an abort', async () => {
    const { guest, console } = scriptedConsole();
    const stop = new AbortController();
    const typed = console.typeHidden('x'.repeat(1_000), { signal: stop.signal });
    stop.abort();
    await expect(typed).rejects.toThrow(AbortError);
    expect(guest.received).toHaveLength(15);
  });
});

function isTypable(text: string): boolean {
  return !/[\x00-\x1f\x7f]/.test(text);
}
