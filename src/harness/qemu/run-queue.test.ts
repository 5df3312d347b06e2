import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { expect, test } from 'vitest';
import { until } from '../runner/fixtures/what-is-left.ts';
import { runQueueWaitMs } from './run-queue.ts';

test('counts how long a process that wants to run had to wait', async () => {
  // More shells than processors, all of them busy: each must wait for the others.
  const shells = Array.from({ length: availableParallelism() + 1 }, () =>
    spawn('/bin/sh', ['-c', 'while :; do :; done'], { stdio: 'ignore' }),
  );
  try {
    const pid = shells[0]?.pid as number;
    await until(() => runQueueWaitMs(pid) > 1, 10_000);
    const [, delay] = readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ');
    expect(runQueueWaitMs(pid)).toBeGreaterThanOrEqual(Number(delay) / 1e6);
  } finally {
    for (const shell of shells) shell.kill('SIGKILL');
  }
});

test('a process that has ended waits no more', async () => {
  const child = spawn('true');
  await once(child, 'exit');
  expect(runQueueWaitMs(child.pid as number)).toBe(0);
});
