import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { QmpClient } from './client.ts';
import { ScriptedMonitor } from './fixtures/scripted-monitor.ts';
import { runJob } from './job.ts';

let monitor: ScriptedMonitor;
let qmp: QmpClient;
beforeEach(async () => {
  monitor = await ScriptedMonitor.open();
  [qmp] = await Promise.all([QmpClient.connect(monitor.client), monitor.greet()]);
});
afterEach(() => monitor[Symbol.asyncDispose]());

/** Answers the start of a job; its events come first, as QEMU sends them. */
async function conclude(error?: string): Promise<string> {
  const start = await monitor.command();
  const { 'job-id': id } = start.arguments as { 'job-id': string };
  for (const status of ['created', 'running', 'concluded'])
    monitor.event('JOB_STATUS_CHANGE', { id, status });
  monitor.event('JOB_STATUS_CHANGE', { id: 'another', status: 'concluded' });
  monitor.say({ return: {}, id: start.id });
  const query = await monitor.command();
  const other = { id: 'another', error: 'not ours' };
  monitor.say({ return: [other, { id, ...(error && { error }) }], id: query.id });
  const dismiss = await monitor.command();
  monitor.say({ return: {}, id: dismiss.id });
  return `${start.execute}, ${query.execute}, ${dismiss.execute} ${(dismiss.arguments as { id: string }).id === id}`;
}

describe('a job', () => {
  test('is waited for though its events come before the reply, and dismissed', async () => {
    const [done, said] = await Promise.all([runJob(qmp, 'snapshot-save', { tag: 'a' }), conclude()]);
    expect(done).toBeUndefined();
    expect(said).toBe('snapshot-save, query-jobs, job-dismiss true');
  });

  test("that fails is dismissed too, and rejects with QEMU's words", async () => {
    const job = runJob(qmp, 'snapshot-save', { tag: 'a' });
    const [result, said] = await Promise.allSettled([job, conclude("Snapshot 'a' already exists")]);
    expect(said).toMatchObject({ value: 'snapshot-save, query-jobs, job-dismiss true' });
    expect(result).toMatchObject({
      reason: {
        name: 'QmpError',
        summary: "QMP snapshot-save: Snapshot 'a' already exists",
      },
    });
  });

  test('whose command is refused rejects at once', async () => {
    const job = runJob(qmp, 'snapshot-load', {});
    const { id } = await monitor.command();
    monitor.say({ error: { class: 'GenericError', desc: "Parameter 'tag' is missing" }, id });
    await expect(job).rejects.toThrow("QMP snapshot-load: GenericError: Parameter 'tag' is missing");
  });

  test('rejects when QEMU ends in its middle', async () => {
    const job = runJob(qmp, 'snapshot-save', { tag: 'a' });
    const { id } = await monitor.command();
    monitor.say({ return: {}, id });
    monitor.socket.end();
    await expect(job).rejects.toThrow('QMP snapshot-save: the monitor closed before the job was done');
  });
});
