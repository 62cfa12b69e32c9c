import { defineConfig } from 'vitest/config';

// Real processes, killed for real, one file after the other.
export default defineConfig({
  test: {
    include: ['server/crash-tests/**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 1_800_000,
    hookTimeout: 600_000,
    expect: { poll: { timeout: 180_000 } },
  },
});
