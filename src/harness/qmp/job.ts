/** QMP's background jobs: `snapshot-save` and its kin. QEMU tells their end by events, and their failure nowhere else. */
import { z } from 'zod';
import { QmpError } from '../../errors.ts';
import type { QmpClient } from './client.ts';

/** Reply of `query-jobs` (qapi/job.json of QEMU). */
const Jobs = z.array(z.object({ id: z.string(), error: z.string().optional() }));

let started = 0;

/**
 * Runs a job to its end.
 * @throws QmpError with QEMU's own words when the command is refused, when the job fails, or when QEMU ends.
 */
export async function runJob(
  qmp: QmpClient,
  command: string,
  args: Readonly<Record<string, unknown>>,
): Promise<void> {
  const id = `${command}-${++started}`;
  // Opened before: the first events come before the reply.
  using changes = qmp.listen('JOB_STATUS_CHANGE');
  await qmp.execute(command, { 'job-id': id, ...args });
  for (;;) {
    const change = await changes.next();
    if (!change) throw new QmpError(command, 'the monitor closed before the job was done: QEMU ended');
    // A job that failed is concluded as well as one that did not.
    if (change.data.id === id && change.data.status === 'concluded') break;
  }
  const job = Jobs.parse(await qmp.execute('query-jobs')).find((one) => one.id === id);
  await qmp.execute('job-dismiss', { id });
  if (job?.error !== undefined) throw new QmpError(command, job.error);
}
