import { defineConfig } from 'vitest/config'

/** Long runs of networks through TensorFlow.js: up to ten minutes. */
export default defineConfig({
  test: {
    include: ['test/**/*.slow.test.ts'],
    setupFiles: ['test/support/matchers.ts'],
    testTimeout: 1_200_000,
    pool: 'forks',
    maxWorkers: '100%',
  },
})
