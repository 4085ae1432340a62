import { expect, test } from 'vitest'
import { finalReturn } from './support/gate.js'

test('PPO as `train` runs it by default solves CartPole within its 100,000 steps', async () => {
  expect(await finalReturn({ algo: 'ppo', env: 'CartPole-v1' }, 1)).toBeGreaterThanOrEqual(475)
})
