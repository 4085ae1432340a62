import { defineConfig } from 'vitest/config'

/** Backends that `npm ci` does not install: scripts/test-backends.ts says which of them are there. */
export default defineConfig({
  test: {
    include: ['test/**/*.backend.test.ts'],
    setupFiles: ['test/support/matchers.ts'],
    testTimeout: 1_200_000,
    pool: 'forks',
    maxWorkers: '100%',
  },
})
