import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import { until } from './fixtures/what-is-left.ts';
import { boundToParent } from './parent-death.ts';
import { identify } from './process-identity.ts';

test('the command takes the place of its wrappers: one process, whose PID is ours to know', async () => {
  const [file, ...args] = boundToParent(['/bin/sh', '-c', 'echo $$; exec cat']);
  const child = spawn(file as string, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const [pid] = await once(child.stdout, 'data');
  expect(Number(pid)).toBe(child.pid);
  child.stdin.end();
  expect(await once(child, 'close')).toEqual([0, null]);
});

test('it is killed when the process that started it is', async () => {
  // A shell stands for the runner: it tells the wrapper its own PID, then waits to be killed.
  const quoted = (word: string) => `'${word.replaceAll("'", "'\\''")}'`;
  const bound = boundToParent(['sleep', '60']).map((word) =>
    word === `${process.pid}` ? '$$' : quoted(word),
  );
  const runner = spawn('/bin/sh', ['-c', `${bound.join(' ')} & echo $!; wait`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const pid = Number((await once(runner.stdout, 'data'))[0]);
  await until(() => readFileSync(`/proc/${pid}/comm`, 'utf8') === 'sleep\n', 5_000);
  runner.kill('SIGKILL');
  await until(() => identify(pid) === undefined, 20_000);
});

test('it does not even start when its parent died before the kernel was told', async () => {
  // The same as after such a death: the parent is not the one that it should be.
  const orphaned = boundToParent(['echo', 'started']).map((word) => (word === `${process.pid}` ? '1' : word));
  const child = spawn(orphaned[0] as string, orphaned.slice(1), { stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, err] = ['', ''];
  child.stdout.on('data', (text) => {
    out += text;
  });
  child.stderr.on('data', (text) => {
    err += text;
  });
  expect(await once(child, 'close')).toEqual([125, null]);
  expect([out, err]).toEqual(['', 'the runner ended meanwhile\n']);
});

test('without setpriv the message has the line that installs it', () => {
  vi.stubEnv('PATH', '/nowhere');
  expect(() => boundToParent(['true'])).toThrowErrorMatchingInlineSnapshot(`
    [HostSetupError: missing on this host: setpriv (ends QEMU when its runner dies)
      blame       host: QEMU, the image or this machine misbehaved; the guest is not to blame
      next        install setpriv in this system's own way]
  `);
  vi.unstubAllEnvs();
});
