import { test } from 'vitest'
import { expectReached, fiveSeeds } from './support/gate.js'

test.each(['loss-feedback', 'global-norm'])('PPO solves CartPole on at least four of five seeds with %s', async (name) => {
  expectReached(await fiveSeeds({ algo: 'ppo', env: 'CartPole-v1', changes: { clip: { name } } }), 475, 4)
})
