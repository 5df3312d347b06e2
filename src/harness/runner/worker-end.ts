/**
 * A worker that is told to end (Ctrl-C at the terminal, SIGTERM, its channel to Vitest's main process closed) ends
 * its machines first, so that their logs are whole. Where that takes too long or the event loop is blocked, the
 * guard ends the worker by force (guard.ts).
 */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

const owners = new Set<AsyncDisposable>();
let isEnding = false;

/** Has this owner of machines disposed when this process is told to end. Returns how to take that back. */
export function disposeAtWorkerEnd(owner: AsyncDisposable): () => void {
  if (owners.size === 0) listen();
  owners.add(owner);
  return () => {
    // Without machines the signals do again what they do by default.
    if (owners.delete(owner) && owners.size === 0 && !isEnding) stopListening();
  };
}

function listen(): void {
  for (const signal of SIGNALS) process.on(signal, endBy);
  process.on('disconnect', endByDisconnect);
}

function stopListening(): void {
  for (const signal of SIGNALS) process.off(signal, endBy);
  process.off('disconnect', endByDisconnect);
}

function endByDisconnect(): void {
  endBy('SIGTERM');
}

function endBy(signal: NodeJS.Signals): void {
  // Ctrl-C is followed by the end of main, and that by the guard's SIGTERM: none of them may cut this short.
  if (isEnding) return;
  isEnding = true;
  const disposals = [...owners].map((owner) => owner[Symbol.asyncDispose]());
  void Promise.allSettled(disposals).then(() => {
    stopListening();
    process.kill(process.pid, signal);
  });
}
