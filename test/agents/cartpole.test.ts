/** One seed of each CartPole gate; all seeds run in `npm run test:learn`. */
import { expect, test } from 'vitest'
import { finalReturn } from './support/gate.js'

test('PPO as `train` runs it by default solves CartPole within its 100,000 steps', async () => {
  expect(await finalReturn({ algo: 'ppo', env: 'CartPole-v1' }, 1)).toBeGreaterThanOrEqual(475)
}, 600_000)

test('so it does behind the fixed global norm', async () => {
  expect(await finalReturn({ algo: 'ppo', env: 'CartPole-v1', changes: { clip: { name: 'global-norm' } } }, 1)).toBeGreaterThanOrEqual(475)
}, 600_000)
