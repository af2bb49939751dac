import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/postgres.ts'],
    // Two cores: more workers than that only fight for memory with the databases they start.
    maxWorkers: 2,
    // Files share what their worker has loaded (sources, compiled kernels, the embedded store's engine): a sixth of the processor time of the suite.
    isolate: false,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // A busy machine answers later, not wrongly.
    expect: { poll: { timeout: 20_000 } },
  },
});
