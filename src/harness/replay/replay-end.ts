/** How a replay comes to its end: QEMU ends, or stands still, or counts no instructions any more. */
import { z } from 'zod';
import type { QemuProcess } from '../qemu/process.ts';
import type { QmpClient } from '../qmp/client.ts';

export type ReplayEnd = 'exited' | 'paused' | 'different' | 'stuck';

/** A replay whose instruction count has not changed for so long has lost its recording. */
export const STUCK_AFTER_MS = 60_000;
const LOOK_EVERY_MS = 5_000;

/** QEMU's word for a recording that has no more in it (replay/replay-internal.c). */
const RECORDING_OVER = 'replay file is over';

const ReplayInfo = z.object({ icount: z.number() });

export interface EndOptions {
  /** The instruction at which it is asked to stop. */
  readonly stopAt: number | undefined;
  /** Somebody else may have it stand still as well, for as long as they like. */
  readonly hasDebugger: boolean;
  readonly signal: AbortSignal | undefined;
}

/** Resolves when the replay has ended, or stands still for good. */
export async function endOf(qemu: QemuProcess, options: EndOptions): Promise<ReplayEnd> {
  const over = new AbortController();
  try {
    return await Promise.race([
      qemu.exited.then((): ReplayEnd => 'exited'),
      standing(qemu, options),
      ...(options.hasDebugger ? [] : [standstill(qemu.qmp, over.signal)]),
      new Promise<ReplayEnd>((resolve) =>
        options.signal?.addEventListener('abort', () => resolve('stuck'), { once: true }),
      ),
    ]);
  } finally {
    over.abort();
  }
}

/** Where it stands: a debugger's own stops don't end it. */
async function standing(qemu: QemuProcess, { stopAt, hasDebugger }: EndOptions): Promise<ReplayEnd> {
  using stops = qemu.qmp.listen('STOP');
  for (;;) {
    if ((await stops.next()) === undefined) break;
    if (!hasDebugger || qemu.stderr.includes(RECORDING_OVER)) return 'paused';
    if (stopAt !== undefined && (await instruction(qemu.qmp)) >= stopAt) return 'paused';
  }
  await qemu.exited;
  return 'exited';
}

function standstill(qmp: QmpClient, signal: AbortSignal): Promise<ReplayEnd> {
  return new Promise((resolve) => {
    let last = -1;
    let since = performance.now();
    const look = setInterval(() => {
      void instruction(qmp).then(
        (now) => {
          if (now !== last) since = performance.now();
          last = now;
          if (performance.now() - since > STUCK_AFTER_MS) resolve('stuck');
        },
        () => {},
      );
    }, LOOK_EVERY_MS);
    signal.addEventListener('abort', () => clearInterval(look), { once: true });
  });
}

/** Instructions since power-on. */
async function instruction(qmp: QmpClient): Promise<number> {
  return ReplayInfo.parse(await qmp.execute('query-replay')).icount;
}
