import { defineConfig } from 'vitest/config';

// A real browser on the real demo, one file after the other.
export default defineConfig({
  test: {
    include: ['web/browser-tests/**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 600_000,
    hookTimeout: 120_000,
  },
});
