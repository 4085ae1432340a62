import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.{ts,tsx}'],
    exclude: ['test/**/*.learn.test.ts', 'test/**/*.slow.test.ts'],
    setupFiles: ['test/support/matchers.ts'],
    testTimeout: 60_000,
    pool: 'forks',
    maxWorkers: '100%',
  },
})
