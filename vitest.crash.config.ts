import { defineConfig } from 'vitest/config';

// Real processes, killed for real, one file after the other.
export default defineConfig({
  test: {
    include: ['server/crash-tests/**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 600_000,
    hookTimeout: 120_000,
  },
});
