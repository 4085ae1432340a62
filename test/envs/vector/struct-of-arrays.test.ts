import { describe, expect, test } from 'vitest'
import { cartpole } from '../../../envs/classic-control/cartpole.js'
import { frozenLake } from '../../../envs/toy-text/frozen-lake.js'
import { structOfArrays } from '../../../envs/vector/struct-of-arrays.js'
import { vectorEnvSuite } from '../../suites/vector-env.js'
import { WORLDS } from '../../support/worlds.js'

vectorEnvSuite('structOfArrays', (world, kwargs, choices) => structOfArrays(WORLDS[world](kwargs), choices))

describe('structOfArrays', () => {
  test('tells what each environment says of its state', () => {
    const venv = structOfArrays(frozenLake({ isSlippery: false }), { numEnvs: 2 })
    venv.reset({ seed: 0 })
    expect(venv.step([2, 1]).infos).toEqual([{ prob: 1 }, { prob: 1 }])
    expect(structOfArrays(cartpole(), { numEnvs: 1 }).save()).toEqual({
      envs: [{ wrapper: 'OrderEnforcing', started: false, env: { state: [0, 0, 0, 0], random: null } }],
      waiting: [false],
    })
  })

  test('refuses limits that are none', () => {
    expect(() => structOfArrays(cartpole(), { numEnvs: 2, maxEpisodeSteps: [1] })).toThrow('expected 2 limits in maxEpisodeSteps, got 1')
    expect(() => structOfArrays(cartpole(), { numEnvs: 2, maxEpisodeSteps: 0 })).toThrow(
      'maxSteps must be a whole number of at least 1, got 0',
    )
  })

  test('refuses a state saved by another number of environments, or by something else', () => {
    const saved = structOfArrays(cartpole(), { numEnvs: 2 }).save()
    expect(() => structOfArrays(cartpole(), { numEnvs: 3 }).load(saved)).toThrow('envs: expected a list of 3')
    expect(() => structOfArrays(cartpole(), { numEnvs: 2, maxEpisodeSteps: 9 }).load(saved)).toThrow(
      'TimeLimit.load: the saved state is of OrderEnforcing',
    )
    expect(() => structOfArrays(cartpole(), { numEnvs: 2 }).load(null)).toThrow('expected an object, got null')
  })
})
