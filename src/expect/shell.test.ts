import { afterEach, describe, expect, test, vi } from 'vitest';
import {
  CommandError,
  ExpectTimeoutError,
  KnownFailureError,
  ScenarioError,
  TypingError,
} from '../errors.ts';
import { Shell } from './shell.ts';
import { FatalLines } from './testing/fatal-lines.ts';
import { scriptedConsole } from './testing/scripted-guest.ts';
import { type Answer, type ScriptedShellOptions, scriptedShell } from './testing/scripted-shell.ts';

const KERNEL = '[  241.200000] random: crng init done\r\n';

afterEach(() => {
  vi.useRealTimers();
});

async function openShell(answer: (command: string) => Answer = () => ({}), options?: ScriptedShellOptions) {
  const interrupt = new FatalLines();
  const { guest, console } = scriptedConsole({ interrupt });
  interrupt.watch(console);
  const { commands } = scriptedShell(guest, answer, options);
  const shell = await Shell.open(console);
  return { guest, console, shell, commands };
}

describe('run', () => {
  test.each<[string, Answer, string, number]>([
    ['nothing', {}, '', 0],
    ['a line', { output: 'xen\r\n', exitStatus: 1 }, 'xen', 1],
    ['no line end', { output: 'xen', exitStatus: 255 }, 'xen', 255],
    ['blank lines', { output: '\r\n\r\na\r\n\r\n', exitStatus: 130 }, '\n\na\n', 130],
    ['odd carriage returns', { output: '\x1b[?2004l\ra\r\r\nb\rc\n' }, 'a\nb\rc', 0],
    ['old prompts', { output: 'dm-guest:1:7> dm-guest:2:9> x\r\n' }, 'dm-guest:1:7> dm-guest:2:9> x', 0],
    ["the prompt's formula", { output: 'dm-guest:$((dm=dm+1)):$?> ' }, 'dm-guest:$((dm=dm+1)):$?> ', 0],
    ['bytes that are no text', { output: 'a\ufffdb\r\n' }, 'a\ufffdb', 0],
    ['MBs', { output: 'y\r\n'.repeat(2_000_000) }, 'y\n'.repeat(2_000_000).slice(0, -1), 0],
  ])('gives the output of a command that prints %s', async (_, answer, output, exitStatus) => {
    const { shell } = await openShell((command) => (command === 'first' ? {} : answer));
    await shell.run('first');
    const result = await shell.run('second');
    expect(result.exitStatus).toBe(exitStatus);
    expect(result.output === output).toBe(true);
    expect(result.tookMs).toBeGreaterThanOrEqual(0);
  });

  test.each([1, 4, 9, 10, 11, 12, 13, 14, 15])(
    'sees its prompt through kernel messages that cut it at %i',
    async (at) => {
      const cut = (prompt: string) => `${prompt.slice(0, at)}${KERNEL}(XEN) x\r\n${prompt.slice(at)}`;
      const { shell } = await openShell(() => ({ exitStatus: 42 }), { printed: cut });
      for (let i = 0; i < 12; i++) expect((await shell.run('false')).exitStatus).toBe(42);
    },
  );

  test('has kernel messages in its output where they were printed', async () => {
    const { shell } = await openShell(() => ({ output: `one ${KERNEL}line\r\n` }));
    expect((await shell.run('x')).output).toBe('one [  241.200000] random: crng init done\nline');
  });

  test('types the whole command once more when a character was lost', async () => {
    let isLost = false;
    const lose = (line: string) => {
      if (isLost || line !== 'echo a command that is lo') return false;
      isLost = true;
      return true;
    };
    const { shell, console, commands } = await openShell(() => ({ output: 'ok\r\n' }), { faults: { lose } });
    vi.useFakeTimers();
    const command = 'echo a command that is long enough for the character that gets lost';
    const result = shell.run(command);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(await result).toMatchObject({ output: 'ok', exitStatus: 0 });
    expect(commands).toEqual([command]);
    expect(console.typing.retyped).toBe(command.length);
    expect(console.typing.sent).toBeGreaterThan(console.typing.echoed);
  });

  test('gives up when it is lost once more', async () => {
    const lose = (line: string) => line === 'echo a com';
    const { shell, commands } = await openShell(() => ({}), { faults: { lose } });
    vi.useFakeTimers();
    const result = shell.run('echo a command').catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await result).toBeInstanceOf(TypingError);
    expect(commands).toEqual([]);
  });

  test('answers the questions of a command, as often as they are asked', async () => {
    const question = { output: 'Is this ok [y/N]: ', hangs: true };
    const words = ['yum update', 'y', 'y'];
    const { shell, commands } = await openShell((line) =>
      line !== 'y' ? question : commands.length < words.length ? question : { output: 'Complete!\r\n' },
    );
    const answers = { 'Is this ok [y/N]: ': 'y', 'Never asked? ': 'n' };
    const { output, exitStatus } = await shell.run('yum update', { answers });
    expect(commands).toEqual(words);
    expect(output.split('\n')).toEqual(['Is this ok [y/N]: y', 'Is this ok [y/N]: y', 'Complete!']);
    expect(exitStatus).toBe(0);
  });

  test('refuses a command that is not complete, and can go on', async () => {
    const { shell } = await openShell((command) => ({ isOpen: command.includes('"') }));
    await expect(shell.run('echo "x')).rejects.toThrow(ScenarioError);
    await expect(shell.run('echo "x')).rejects.toThrow('is not complete: the shell asked for more');
    expect((await shell.run('true')).exitStatus).toBe(0);
  });

  test('refuses lines, and two commands at once', async () => {
    const { shell, commands } = await openShell();
    await expect(shell.run('a\nb')).rejects.toThrow('takes one line');
    const first = shell.run('first');
    await expect(shell.run('second')).rejects.toThrow('still running "first"');
    await first;
    expect(commands).toEqual(['first']);
  });
});

describe('a command that does not end', () => {
  test.each([
    ['', 'it is still at work and has printed nothing, or it waits for input'],
    ['37%\r\n', 'it is still at work, or it waits for input'],
    ['logout\r\n/ # ', 'the command ended the shell or opened another one: "/ #" waits for input now'],
    [
      '\r\ndom0 login: ',
      'the command ended the shell or opened another one: "dom0 login:" waits for input now',
    ],
  ])('after %j', async (output, probably) => {
    const { shell } = await openShell(() => ({ output, hangs: true }));
    const error = await shell.run('exit', { timeout: 10 }).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(ExpectTimeoutError);
    expect((error as ExpectTimeoutError).message).toMatch(
      /^command "exit" did not end on console "guest" \(waited 0\.0 s\)/,
    );
    expect((error as ExpectTimeoutError).facts.probably).toBe(probably);
  });

  test('delays the next one, and is not taken for it', async () => {
    const { guest, shell } = await openShell((command) => ({ hangs: command === 'slow', output: command }));
    await expect(shell.run('slow', { timeout: 10 })).rejects.toThrow(ExpectTimeoutError);
    const next = shell.run('fast');
    guest.onInput('\x03');
    expect(await next).toMatchObject({ output: 'fast', exitStatus: 0 });
  });
});

describe('open', () => {
  test('takes over behind kernel messages', async () => {
    const { shell } = await openShell(() => ({ output: 'x' }), { firstPrompt: `/ # ${KERNEL}${KERNEL}` });
    expect((await shell.run('x')).output).toBe('x');
  });

  test('says so when what has a prompt is no POSIX shell', async () => {
    const { guest, console } = scriptedConsole();
    guest.print('grub> ');
    guest.onInput = (text) => guest.print(text === '\r' ? '\r\ngrub> ' : text);
    const error = await Shell.open(console, { timeout: 150 }).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(ExpectTimeoutError);
    expect((error as Error).message).toMatch(/^no shell took domes' prompt on console "guest"/);
  });
});

test('succeed gives the output, or an error with it', async () => {
  const { shell } = await openShell((command) =>
    command === 'true' ? { output: 'yes\r\n' } : { output: 'xl: no such domain\r\n', exitStatus: 3 },
  );
  expect(await shell.succeed('true')).toBe('yes');
  const error = await shell.succeed('xl list 7').catch((error: unknown) => error);
  expect(error).toBeInstanceOf(CommandError);
  expect(error).toMatchObject({ exitStatus: 3, output: 'xl: no such domain' });
  expect((error as Error).message).toContain(
    'command "xl list 7" ended with exit status 3 on console "guest"',
  );
});

describe('a command that shows its failure and goes on', () => {
  const SETBACK = 'SETBACK another one holds the lock\r\n';
  const waiting = (command: string) =>
    command === 'yum' ? { output: SETBACK, hangs: true } : { output: 'yes\r\n' };

  test('is given up on at once where it must succeed; the next one waits for its end', async () => {
    const { guest, shell } = await openShell(waiting);
    const error = await shell.succeed('yum', { timeout: 60_000 }).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(KnownFailureError);
    expect((error as Error).message).toContain('SETBACK another one holds the lock');
    const next = shell.succeed('true');
    guest.onInput('\x03');
    expect(await next).toBe('yes');
  });

  test('is what failed, even where it has ended too', async () => {
    const { shell } = await openShell(() => ({ output: SETBACK, exitStatus: 1 }));
    await expect(shell.succeed('yum')).rejects.toThrow(KnownFailureError);
  });

  test('is waited for where its end is wanted, whatever that is', async () => {
    const { shell } = await openShell(() => ({ output: SETBACK, exitStatus: 1 }));
    expect(await shell.run('yum')).toMatchObject({ exitStatus: 1 });
    await expect(shell.succeed('yum', { failFast: false })).rejects.toThrow(CommandError);
  });
});
