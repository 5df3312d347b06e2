/** QEMU's human monitor, for what QMP has no command for. */
import { CapsuleError } from '../../errors.ts';
import type { QmpClient } from '../qmp/client.ts';

/**
 * Runs a command of the human monitor, which says nothing when all went well.
 * @throws CapsuleError with its words when it refuses.
 */
export async function humanMonitor(qmp: QmpClient, command: string, next: string): Promise<void> {
  const words = await qmp.execute('human-monitor-command', { 'command-line': command });
  if (typeof words !== 'string' || !/error|could not|can't|failed/i.test(words)) return;
  throw new CapsuleError(`QEMU refused "${command}": ${words.trim()}`, { next });
}
