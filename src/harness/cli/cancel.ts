/** Ctrl-C and SIGTERM as an AbortSignal, so that what is half made is cleaned up before we end. */

export interface Cancel extends Disposable {
  readonly signal: AbortSignal;
}

/** From now until disposal the first signal aborts; a second one ends the process as it always would. */
export function cancelledBySignals(): Cancel {
  const controller = new AbortController();
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const release = () => {
    for (const name of signals) process.off(name, abort);
  };
  const abort = () => {
    release();
    controller.abort();
  };
  for (const name of signals) process.on(name, abort);
  return { signal: controller.signal, [Symbol.dispose]: release };
}
