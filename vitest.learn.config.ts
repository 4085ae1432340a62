import { defineConfig } from 'vitest/config'

/** Every seed of every learning gate: minutes, not seconds. */
export default defineConfig({
  test: {
    include: ['test/**/*.learn.test.ts'],
    setupFiles: ['test/support/matchers.ts'],
    testTimeout: 1_200_000,
    pool: 'forks',
    maxWorkers: '100%',
  },
})
