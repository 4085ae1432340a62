import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url))

export default defineConfig({
  resolve: {
    // our public names, as examples import them
    alias: {
      'tau-rl/envs/box2d': at('envs/box2d/index.ts'), // before the names that it begins with
      'tau-rl/envs/workers': at('envs/vector/node-workers.ts'),
      'tau-rl/envs': at('envs/index.ts'),
      'tau-rl/clip': at('src/optim/index.ts'),
      'tau-rl/accelerate': at('src/kernels/accelerate.ts'),
      'tau-rl': at('src/index.ts'),
    },
  },
  test: {
    include: ['test/**/*.test.{ts,tsx}'],
    exclude: ['test/**/*.learn.test.ts', 'test/**/*.slow.test.ts', 'test/**/*.backend.test.ts'],
    setupFiles: ['test/support/matchers.ts'],
    testTimeout: 120_000, // generous: a test machine may be busy with others
    pool: 'forks',
    maxWorkers: '100%',
  },
})
