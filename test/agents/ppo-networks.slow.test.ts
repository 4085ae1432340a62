/** Networks that remember, and networks that see images, on tasks that need them. */
import { expect, test } from 'vitest'
import { finalReturn } from './support/gate.js'

const noVelocity = { algo: 'ppo', env: 'teaching/CartPoleNoVel-v1' } as const

test('a GRU balances a pole whose speed it does not see, for at least 475 of 500 steps', async () => {
  expect(await finalReturn(noVelocity, 1)).toBeGreaterThanOrEqual(475)
})

test('a perceptron with the same settings cannot', async () => {
  expect(await finalReturn({ ...noVelocity, changes: { network: { kind: 'mlp' } } }, 1)).toBeLessThan(100)
})

test('convolutions learn MinAtar Breakout: at least ten times the 0.26 that chance earns', async () => {
  expect(await finalReturn({ algo: 'ppo', env: 'MinAtar/Breakout-v1', changes: { evaluation: { episodes: 1 } } }, 1)).toBeGreaterThan(2.6)
})
