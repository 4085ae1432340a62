/** The vector wrappers that remember nothing: each row as the wrapper of a single environment has it. */
import { describe, expect, test } from 'vitest'
import { makeVec } from '../../../envs/registry.js'
import { box } from '../../../envs/spaces/box.js'
import { discrete } from '../../../envs/spaces/discrete.js'
import { clipAction } from '../../../envs/vector/clip-action.js'
import { clipReward } from '../../../envs/vector/clip-reward.js'
import { rescaleAction } from '../../../envs/vector/rescale-action.js'
import { rescaleObservation } from '../../../envs/vector/rescale-observation.js'
import { transformAction } from '../../../envs/vector/transform-action.js'
import { transformObservation } from '../../../envs/vector/transform-observation.js'
import { transformReward } from '../../../envs/vector/transform-reward.js'
import { clipAction as clipActionOfOne } from '../../../envs/wrappers/clip-action.js'
import { clipReward as clipRewardOfOne } from '../../../envs/wrappers/clip-reward.js'
import { rescaleAction as rescaleActionOfOne } from '../../../envs/wrappers/rescale-action.js'
import { rescaleObservation as rescaleObservationOfOne } from '../../../envs/wrappers/rescale-observation.js'
import { transformAction as transformActionOfOne } from '../../../envs/wrappers/transform-action.js'
import { transformObservation as transformObservationOfOne } from '../../../envs/wrappers/transform-observation.js'
import { transformReward as transformRewardOfOne } from '../../../envs/wrappers/transform-reward.js'
import { vectorWrapperSuite } from '../../suites/vector-wrapper.js'

vectorWrapperSuite('clipAction', clipAction, { single: clipActionOfOne })

const bounds = { minAction: -3, maxAction: 0.5 }
vectorWrapperSuite('rescaleAction', (venv) => rescaleAction(venv, bounds), { single: (env) => rescaleActionOfOne(env, bounds) })

const unit = { minObs: [0, 0, -2], maxObs: [1, 1, 7] }
vectorWrapperSuite('rescaleObservation', (venv) => rescaleObservation(venv, unit), { single: (env) => rescaleObservationOfOne(env, unit) })

const limits = { minReward: -5, maxReward: 0.5 }
vectorWrapperSuite('clipReward', (venv) => clipReward(venv, limits), { single: (env) => clipRewardOfOne(env, limits) })

const half = (reward: number) => 0.5 * reward
vectorWrapperSuite('transformReward', (venv) => transformReward(venv, half), { single: (env) => transformRewardOfOne(env, half) })

const two = box({ low: -Infinity, high: Infinity, shape: [2] })
vectorWrapperSuite(
  'transformObservation',
  (venv) =>
    transformObservation(
      venv,
      (from, at, out, outAt) => {
        out[outAt] = from[at + 2]!
        out[outAt + 1] = 2 * from[at]!
      },
      { observationSpace: two },
    ),
  {
    single: (env) =>
      transformObservationOfOne(env, (observation: Float32Array) => Float32Array.of(observation[2]!, 2 * observation[0]!), {
        observationSpace: two,
      }),
  },
)

vectorWrapperSuite(
  'transformAction',
  (venv) =>
    transformAction(venv, (from, at, out, outAt) => {
      out[outAt] = -from[at]!
    }),
  { single: (env) => transformActionOfOne(env, (action: Float32Array) => action.map((x) => -x)) },
)

describe('vector transforms', () => {
  test('an action may come from another space, and is refused outside it', () => {
    const venv = transformAction(
      makeVec('CartPole', { numEnvs: 2 }),
      (from, at, out, outAt) => {
        out[outAt] = from[at]! > 1 ? 1 : 0
      },
      { actionSpace: discrete(4) },
    )
    const plain = makeVec('CartPole', { numEnvs: 2 })
    venv.reset({ seed: 1 })
    plain.reset({ seed: 1 })
    expect([...venv.step([3, 1]).observations]).toEqual([...plain.step([1, 0]).observations])
    expect(() => venv.step([0, 4])).toThrow('TransformAction.step: environment 1: expected an index from 0 to 3 for Discrete(4), got 4')
  })

  test('the reward 0 of a reset step in next-step mode is changed like any other', () => {
    const poles = transformReward(makeVec('CartPole', { autoreset: 'next-step', maxEpisodeSteps: 1 }), (reward) => reward + 10)
    poles.reset({ seed: 0 })
    expect([0, 0, 0].map((action) => poles.step([action]).rewards[0])).toEqual([11, 10, 11])
  })

  test('refuses spaces that do not fit', () => {
    const poles = makeVec('CartPole')
    expect(() => clipAction(poles)).toThrow('clipAction: expected actions in a Box, got Discrete(2)')
    expect(() => rescaleAction(poles, bounds)).toThrow('rescaleAction: expected actions in a Box')
    expect(() => rescaleObservation(makeVec('FrozenLake'), unit)).toThrow('rescaleObservation: expected observations in a Box')
    expect(() => clipReward(poles, {})).toThrow('give minReward, maxReward or both')
  })
})
