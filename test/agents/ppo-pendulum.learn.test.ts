import { expect, test } from 'vitest'
import { fiveSeeds } from './support/gate.js'

test('PPO swings the pendulum up: mean over five seeds of at least −260', async () => {
  const returns = await fiveSeeds({ algo: 'ppo', env: 'Pendulum-v1' })
  expect(returns.reduce((sum, value) => sum + value, 0) / returns.length, `final returns: ${returns.join(', ')}`).toBeGreaterThanOrEqual(
    -260,
  )
})
