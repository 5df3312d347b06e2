import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';

// Starts programs; on a busy host each takes its time.
vi.setConfig({ testTimeout: 60_000 });

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** A process that does nothing but run this through child.mjs and exit with its code. */
function runner(...command: string[]): ChildProcess {
  const module = JSON.stringify(join(import.meta.dirname, 'child.mjs'));
  const [file, ...args] = command;
  const script = `const { run } = await import(${module}); process.exitCode = await run(${JSON.stringify(file)}, ${JSON.stringify(args)})`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  return child;
}

async function exitOf(child: ChildProcess): Promise<number | null> {
  const [code] = await once(child, 'close');
  return code;
}

const firstWord = async (child: ChildProcess) =>
  String((await once(child.stdout as NodeJS.ReadableStream, 'data'))[0]).trim();

it('passes exit codes on', async () => {
  expect(await exitOf(runner('sh', '-c', 'exit 0'))).toBe(0);
  expect(await exitOf(runner('sh', '-c', 'exit 7'))).toBe(7);
  expect(await exitOf(runner('sh', '-c', 'kill -TERM $$'))).toBe(143);
  expect(await exitOf(runner('no-such-program'))).toBe(127);
});

it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
  'passes %s on, and waits until the child has cleaned up',
  async (signal) => {
    const child = runner(
      process.execPath,
      '-e',
      `
    process.on('${signal}', () => setImmediate(() => { console.log('cleaned up'); process.exit(5); }));
    setInterval(() => {}, 1000); console.log('ready');`,
    );
    expect(await firstWord(child)).toBe('ready');
    const said = firstWord(child);
    child.kill(signal);
    expect(await exitOf(child)).toBe(5);
    expect(await said).toBe('cleaned up');
  },
);

it('leaves no child behind when it is killed itself', async () => {
  const child = runner(process.execPath, '-e', 'setInterval(() => {}, 1000); console.log(process.pid)');
  await firstWord(child);
  child.kill('SIGKILL');
  // The pipe closes when the last process that holds it is gone.
  await once(child, 'close');
});
