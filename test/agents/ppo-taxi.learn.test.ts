import { expect, test } from 'vitest'
import { expectReached, finalReturn, fiveSeeds } from './support/gate.js'

test('PPO solves Taxi with the masks that it gives: at least 6.5 of 7.93 on four of five seeds', async () => {
  expectReached(await fiveSeeds({ algo: 'ppo', env: 'Taxi-v4' }), 6.5, 4)
})

test('without them the same settings do not', async () => {
  expect(await finalReturn({ algo: 'ppo', env: 'Taxi-v4', changes: { masks: 'off' } }, 1)).toBeLessThan(0)
})
