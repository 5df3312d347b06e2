/** Makes the host busy while something is measured. */
import { spawn } from 'node:child_process';
import { boundToParent } from '../../src/harness/runner/parent-death.ts';

/** Keeps processors busy until it is disposed; the burners can't outlive this process. */
export function busyHost(processes: number): Disposable {
  const burners = Array.from({ length: processes }, () => {
    const [file, ...args] = boundToParent(['/bin/sh', '-c', 'while :; do :; done']);
    return spawn(file as string, args, { stdio: 'ignore' });
  });
  return {
    [Symbol.dispose]() {
      for (const burner of burners) burner.kill('SIGKILL');
    },
  };
}
