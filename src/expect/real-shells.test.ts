/** Real shells on a real terminal of this host, `script` (util-linux) having the other end. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { afterEach, describe, expect, test } from 'vitest';
import { EndOfStreamError, ScenarioError } from '../errors.ts';
import { Console } from './console.ts';
import { Shell } from './shell.ts';
import { Transcript } from './transcript.ts';
import type { Wire } from './wire.ts';

const SHELLS: Readonly<Record<string, string>> = {
  bash: 'bash --norc -i',
  dash: 'dash -i',
  'busybox ash': 'busybox sh -i',
};
const COMMANDS: readonly (readonly [line: string, output: string, exitStatus: number])[] = [
  ['echo hello', 'hello', 0],
  ['printf "no line end"', 'no line end', 0],
  ['printf "a\\n\\nb\\n\\n"', 'a\n\nb\n', 0],
  ['echo a comment # at the end', 'a comment', 0],
  ['(exit 255)', '', 255],
  ['(exit 1); true; (exit 7)', '', 7],
  ['echo "ä € 😀"', 'ä € 😀', 0],
  [`echo ${'x'.repeat(900)}`, 'x'.repeat(900), 0],
  ["printf '%s' 'dm-real:1:0> '", 'dm-real:1:0> ', 0],
  ['i=0; while [ $i -lt 20000 ]; do echo $i; i=$((i+1)); done | tail -n 1', '19999', 0],
  ['cat /dev/null', '', 0],
  ['', '', 0],
];

const isThere = (program: string) => spawnSync(program, ['--help']).error === undefined;

const started: ChildProcess[] = [];
afterEach(() => {
  // The shell ends with its terminal.
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

/** A long prompt on a terminal of 80 columns: the first lines that are typed get wrapped. */
async function openShell(command: string, { term = 'vt220', size = 'cols 80 rows 24' } = {}) {
  const prompt = 'a-user@a-host-with-a-long-name:/some/directory/far/down# ';
  const env = { PATH: process.env.PATH, HOME: '/', TERM: term, PS1: prompt, LANG: 'C.UTF-8' };
  const child = spawn('script', ['--quiet', '--command', `stty ${size}; exec ${command}`, '/dev/null'], {
    env,
  });
  started.push(child);
  const console = new Console('real', new Transcript({ clock: () => performance.now() }));
  console.attach(wireOf(child));
  return { console, shell: await Shell.open(console) };
}

function wireOf(child: ChildProcess): Wire {
  return {
    open(sink) {
      child.stdout?.on('data', (chunk: Buffer) => sink.bytes(chunk));
      child.once('close', () => sink.end());
    },
    send(bytes) {
      child.stdin?.write(bytes);
    },
    close() {},
  };
}

for (const [name, command] of Object.entries(SHELLS)) {
  const program = command.split(' ')[0] as string;
  describe.skipIf(!isThere('script') || !isThere(program))(name, () => {
    test('runs commands, and refuses what is not complete', async () => {
      const { shell } = await openShell(command);
      for (const [line, output, exitStatus] of COMMANDS)
        expect(await shell.run(line)).toMatchObject({ output, exitStatus });
      for (const line of ['echo "open', 'cat <<end', 'if true', 'echo \\']) {
        await expect(shell.run(line)).rejects.toThrow(ScenarioError);
        expect(await shell.run('echo next')).toMatchObject({ output: 'next', exitStatus: 0 });
      }
    }, 20_000);

    test('goes on after a command that waits for input, and with one in the background', async () => {
      const { shell, console } = await openShell(command);
      await expect(shell.run('cat', { timeout: 50 })).rejects.toThrow('did not end');
      console.press('ctrl-c');
      expect((await shell.run('echo next')).output).toBe('next');
      expect((await shell.run('sleep 1000 &')).exitStatus).toBe(0);
      expect((await shell.run('kill $!; echo killed')).output).toContain('killed');
    });

    test.each(['vt100', 'dumb'])('may be opened on a console that knows no size, as %s', async (term) => {
      const { shell } = await openShell(command, { term, size: 'cols 0 rows 0' });
      const line = `echo ${'x'.repeat(400)}`;
      expect(await shell.run(line)).toMatchObject({ output: line.slice(5), exitStatus: 0 });
    });

    test('may be opened on a dumb terminal, and end', async () => {
      const { shell } = await openShell(command, { term: 'dumb' });
      expect((await shell.run('stty size')).output).toMatch(/ 4096$/);
      await expect(shell.run('exit')).rejects.toThrow(EndOfStreamError);
    });
  });
}

describe.skipIf(!isThere('script') || !isThere('bash'))('a shell that does not expand its prompt', () => {
  test("as FreeBSD's is, runs commands all the same", async () => {
    const { shell } = await openShell('bash --norc +O promptvars -i');
    for (const [line, output, exitStatus] of COMMANDS)
      expect(await shell.run(line)).toMatchObject({ output, exitStatus });
    await shell.run('cd /tmp; word=kept');
    expect(await shell.succeed('echo "$word in $PWD"')).toBe('kept in /tmp');
  });
});
