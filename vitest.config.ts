import { defineConfig } from 'vitest/config';
import { domesReport } from './src/harness/report/plugin.ts';

const isNightly = process.env.DOMES_NIGHTLY === '1';

export default defineConfig({
  // Console logs and reports grow while scenarios run: no reason to run them again.
  server: { watch: { ignored: ['**/reports/**'] } },
  test: {
    globalSetup: ['src/harness/runner/global-setup.ts', 'src/harness/checkpoint/after-run.ts'],
    projects: [
      {
        plugins: [domesReport()],
        test: {
          name: 'unit',
          include: ['{src,setup,bench}/**/*.test.{ts,mjs}'],
          // What they start, they look at on this host.
          env: { DOMES_HOST: '' },
          pool: 'forks',
          // The limits of patience, for a busy host; a second is Vitest's.
          expect: { poll: { timeout: 20_000 } },
          testTimeout: 20_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        plugins: [domesReport()],
        test: {
          name: 'scenarios',
          include: ['scenarios/**/*.test.ts'],
          // Long scenarios: `npm run nightly`, or DOMES_NIGHTLY=1 before a command of your own.
          exclude: isNightly ? [] : ['scenarios/nightly/**'],
          // A process per file, ended by its parent's death: a QEMU must not outlive its runner.
          pool: 'forks',
          // After the unit tests, one machine at a time: timings are only worth keeping from a quiet host.
          sequence: { groupOrder: 1 },
          fileParallelism: false,
          testTimeout: 180_000,
          hookTimeout: 180_000,
          // At night trouble of the host, and of nothing else, is tried once more; the report calls it flaky.
          ...(isNightly && { retry: { count: 1, condition: /^ {2}blame {7}host:/m } }),
        },
      },
    ],
  },
});
