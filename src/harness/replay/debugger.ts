/** A replay with a debugger at it: it stands still before its first instruction until the debugger has it continue. */
import { AbortError } from '../../errors.ts';
import type { QmpClient } from '../qmp/client.ts';
import { humanMonitor } from './human-monitor.ts';

export interface Debugger {
  /** QEMU's address for it (`tcp:127.0.0.1:1234`), at which it listens. */
  readonly address: string;
  /** Called when a debugger can connect. */
  readonly onListening?: () => void;
}

/**
 * Resolves when the debugger has let the machine run.
 * @throws CapsuleError when QEMU can't listen there; AbortError when the signal comes first.
 */
export async function untilContinued(
  qmp: QmpClient,
  { address, onListening }: Debugger,
  signal: AbortSignal | undefined,
): Promise<void> {
  using resumes = qmp.listen('RESUME');
  await humanMonitor(
    qmp,
    `gdbserver ${address}`,
    'give --gdb a port that is free, or the full path of a socket',
  );
  onListening?.();
  const cancelled = new Promise<'cancelled'>((resolve) =>
    signal?.addEventListener('abort', () => resolve('cancelled'), { once: true }),
  );
  if (signal?.aborted || (await Promise.race([resumes.next(), cancelled])) === 'cancelled')
    throw new AbortError('the replay was cancelled while it waited for a debugger');
}
