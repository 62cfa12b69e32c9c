import { defineConfig } from 'vitest/config';

// A real browser on the real demo, one file after the other.
export default defineConfig({
  test: {
    include: ['web/browser-tests/**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 1_800_000,
    hookTimeout: 600_000,
    expect: { poll: { timeout: 180_000 } },
  },
});
