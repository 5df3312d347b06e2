/** One scenario as users run it, or with nothing recorded and nothing reported (DOMES_BENCH_RECORDING=off). */
import { defineConfig } from 'vitest/config';
import { domesReport } from '../../src/harness/report/plugin.ts';

const isOff = process.env.DOMES_BENCH_RECORDING === 'off';

export default defineConfig({
  plugins: isOff ? [] : [domesReport()],
  test: {
    globalSetup: ['src/harness/runner/global-setup.ts'],
    setupFiles: isOff ? ['bench/report/unrecorded.ts'] : [],
    include: ['scenarios/xen-pv.test.ts'],
    pool: 'forks',
    testTimeout: 600_000,
  },
});
