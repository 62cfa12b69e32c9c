import { defineConfig } from 'vitest/config';

// One PostgreSQL for the run, a clone of a migrated template per file that asks for one; see server/testing/.
export default defineConfig({
  test: {
    include: ['**/*.test.ts', '**/*.test.tsx'],
    exclude: ['**/node_modules/**', '**/browser-tests/**', '**/crash-tests/**', 'web/dist/**'],
    isolate: false,
    pool: 'threads',
    maxWorkers: 2,
    testTimeout: 900_000,
    hookTimeout: 900_000,
    expect: { poll: { timeout: 120_000 } },
    globalSetup: ['server/testing/global-setup.ts'],
  },
});
