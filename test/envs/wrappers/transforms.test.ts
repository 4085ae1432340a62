/** The wrappers that pass something through a function: observations, actions, rewards. */
import { describe, expect, test } from 'vitest'
import { make } from '../../../envs/registry.js'
import { box } from '../../../envs/spaces/box.js'
import { discrete } from '../../../envs/spaces/discrete.js'
import { clipReward } from '../../../envs/wrappers/clip-reward.js'
import { transformAction } from '../../../envs/wrappers/transform-action.js'
import { transformObservation } from '../../../envs/wrappers/transform-observation.js'
import { transformReward } from '../../../envs/wrappers/transform-reward.js'
import { gymnasiumWrapped, wrapperSuite } from '../../suites/wrapper.js'

const anything = box({ low: -Infinity, high: Infinity, shape: [4] })
const CHANGES: Readonly<Record<string, (observation: Float32Array) => Float32Array>> = {
  'obs * 0.5 + 1': (observation) => observation.map((x) => Math.fround(x * 0.5) + 1),
  'clip(obs, -0.5, 0.5)': (observation) => observation.map((x) => Math.min(Math.max(x, -0.5), 0.5)),
}

wrapperSuite('transformObservation', (env) =>
  transformObservation(env, (observation: Float32Array) => observation.map((x) => 3 * x), { observationSpace: anything }),
)
gymnasiumWrapped('TransformObservation', (env, params) => transformObservation(env, CHANGES[params.function]!))

wrapperSuite('transformAction', (env) => transformAction(env, (action: number) => 1 - action))

wrapperSuite('transformReward', (env) => transformReward(env, (reward) => 0.5 * reward))
gymnasiumWrapped('TransformReward', (env) => transformReward(env, (reward) => 0.1 * reward + 2))

wrapperSuite('clipReward', (env) => clipReward(env, { maxReward: 0.25 }))
gymnasiumWrapped('ClipReward', (env, params) => clipReward(env, { minReward: params.min_reward, maxReward: params.max_reward }))

describe('transforms', () => {
  test('actions are changed on the way in, and their space is told', () => {
    const space = discrete(3, { start: -1 })
    const env = transformAction(make('MountainCar'), (action: number) => action + 1, { actionSpace: space })
    const bare = make('MountainCar')
    expect(env.actionSpace).toBe(space)
    env.reset({ seed: 1 })
    bare.reset({ seed: 1 })
    for (const action of [-1, 0, 1, 1]) expect(env.step(action)).toEqual(bare.step(action + 1))
    expect(transformAction(make('MountainCar'), (action: number) => action).actionSpace.equals(discrete(3))).toBe(true)
  })

  test('without limits, or with limits the wrong way round, rewards cannot be clipped', () => {
    expect(() => clipReward(make('CartPole'), {})).toThrow('clipReward: give minReward, maxReward or both')
    expect(() => clipReward(make('CartPole'), { minReward: 1, maxReward: 0 })).toThrow('minReward must not be above maxReward, got 1 and 0')
    expect(() => clipReward(make('CartPole'), { minReward: Number.NaN })).toThrow('got NaN and Infinity')
  })
})
