import { expect, test } from 'vitest'
import { finalReturn } from './support/gate.js'

test('PPO as `train` runs it by default swings the pendulum up: one seed of the gate', async () => {
  expect(await finalReturn({ algo: 'ppo', env: 'Pendulum-v1' }, 1)).toBeGreaterThanOrEqual(-260)
}, 600_000)
