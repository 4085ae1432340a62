import { expect, test } from 'vitest'
import { finalReturn } from './support/gate.js'

test('A2C as `train` runs it by default solves CartPole: one seed of the gate', async () => {
  expect(await finalReturn({ algo: 'a2c', env: 'CartPole-v1' }, 1)).toBeGreaterThanOrEqual(475)
}, 600_000)
