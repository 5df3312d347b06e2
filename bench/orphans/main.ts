/** How long after each kind of end something of a run is left: must be under a second. */
import { spawnSync } from 'node:child_process';

const WITHIN_MS = 1_000;

const { status } = spawnSync(
  'npx',
  ['vitest', 'run', 'src/harness/runner/no-orphans.test.ts', '--reporter=verbose'],
  {
    stdio: 'inherit',
    env: { ...process.env, DOMES_ORPHANS_WITHIN_MS: String(WITHIN_MS) },
  },
);
console.log(
  status === 0 ? `nothing was left for ${WITHIN_MS} ms after any end` : 'something was left, see above',
);
process.exitCode = status ?? 1;
