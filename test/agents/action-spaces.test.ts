/** Every kind of action is learnt: do what you see, from the share that guessing earns to nearly all there is, in a few thousand steps. */
import { describe, expect, test } from 'vitest'
import type { RunConfigInput } from '../../src/core/config/schema.js'
import { finalReturn } from './support/gate.js'

const changes = (rolloutSteps: number, network: RunConfigInput['network'] = {}): Partial<RunConfigInput> => ({
  numEnvs: 8,
  totalSteps: 6144,
  network: { hidden: [32], ...network },
  learn: { rolloutSteps, minibatchSize: 64, epochs: 4, learningRate: 0.01, gamma: 0.5, entropyCoefficient: 0.01 },
  evaluation: { episodes: 1 },
})

// An episode has 20 steps, each worth the share of numbers that agree, or less the mean square of the differences: guessing earns 6.7, 6.7, 10, −17 and −17.
describe.each([
  ['ppo', 32],
  ['a2c', 5],
] as const)('%s learns', (algo, rolloutSteps) => {
  test.each([
    ['one choice', 'teaching/Identity-v0', {}, 18.5],
    ['several choices', 'teaching/IdentityMultiDiscrete-v0', {}, 18.5],
    ['bits', 'teaching/IdentityMultiBinary-v0', {}, 18.5],
    ['numbers, clipped', 'teaching/IdentityBox-v0', {}, -2.5],
    ['numbers, squashed', 'teaching/IdentityBox-v0', { squash: true }, -2.5],
  ] as const)('%s', async (_what, env, network, goal) => {
    const reached = await finalReturn({ algo, env, changes: changes(rolloutSteps, network) }, 1)
    expect(reached).toBeGreaterThan(goal)
  })
})
