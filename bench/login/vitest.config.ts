/** The way from a stored `installed-xen` to a guest's login, which is the scenarios' own: checkpoints are Vitest's. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    globalSetup: ['src/harness/runner/global-setup.ts'],
    include: ['bench/login/way.measured.ts'],
    pool: 'forks',
    reporters: [['default', { summary: false }]],
    // The first time, the dom0 is installed.
    testTimeout: 1_800_000,
  },
});
