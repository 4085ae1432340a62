/** Every kind of action is learnt: do what you see, from the share that guessing earns to nearly all there is, in a few thousand steps. */
import { describe, expect, test } from 'vitest'
import { register } from '../../envs/registry.js'
import { identity } from '../../envs/teaching/identity.js'
import type { RunConfigInput } from '../../src/core/config/schema.js'
import { finalReturn } from './support/gate.js'

const changes = (rolloutSteps: number, network: RunConfigInput['network'] = {}): Partial<RunConfigInput> => ({
  numEnvs: 8,
  totalSteps: 6144,
  network: { hidden: [32], ...network },
  learn: { rolloutSteps, minibatchSize: 64, epochs: 4, learningRate: 0.01, gamma: 0.5, entropyCoefficient: 0.01 },
  evaluation: { episodes: 1 },
})

/** Of five choices the right one is allowed and the next; whoever takes another breaks it. */
register({
  id: 'test/MaskedIdentity-v0',
  maxEpisodeSteps: 20,
  functions: () => {
    const bare = identity({ n: 5 })
    const allowed = (seen: number) => [0, 1, 2, 3, 4].map((choice) => (choice === seen || choice === (seen + 1) % 5 ? 1 : 0))
    return {
      ...bare,
      info: (state, at) => ({ actionMask: allowed(state[at]!) }),
      transition: (state, at, action, actionAt, random) => {
        if (allowed(state[at]!)[action[actionAt]!] !== 1) throw new Error(`${action[actionAt]} is forbidden`)
        return bare.transition(state, at, action, actionAt, random)
      },
    }
  },
})

// An episode has 20 steps, each worth the share of numbers that agree, or less the mean square of the differences: guessing earns 6.7, 6.7, 10, 10, −17 and −17.
describe.each([
  ['ppo', 32],
  ['a2c', 5],
] as const)('%s learns', (algo, rolloutSteps) => {
  test.each([
    ['one choice', 'teaching/Identity-v0', {}, 18.5],
    ['several choices', 'teaching/IdentityMultiDiscrete-v0', {}, 18.5],
    ['bits', 'teaching/IdentityMultiBinary-v0', {}, 18.5],
    ['a masked choice', 'test/MaskedIdentity-v0', {}, 18.5],
    ['numbers, clipped', 'teaching/IdentityBox-v0', {}, -2.5],
    ['numbers, squashed', 'teaching/IdentityBox-v0', { squash: true }, -2.5],
  ] as const)('%s', async (_what, env, network, goal) => {
    const reached = await finalReturn({ algo, env, changes: changes(rolloutSteps, network) }, 1)
    expect(reached).toBeGreaterThan(goal)
  })
})
