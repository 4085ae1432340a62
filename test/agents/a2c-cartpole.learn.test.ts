import { test } from 'vitest'
import { expectReached, fiveSeeds } from './support/gate.js'

test('A2C solves CartPole on at least four of five seeds', async () => {
  expectReached(await fiveSeeds({ algo: 'a2c', env: 'CartPole-v1' }), 475, 4)
})
