import { describe, expect, test } from 'vitest'
import { functionalEnv } from '../../../envs/functional-env.js'
import { make } from '../../../envs/registry.js'
import { serial } from '../../../envs/vector/serial.js'
import { vectorEnvSuite } from '../../suites/vector-env.js'
import { failing, single } from '../../support/worlds.js'

vectorEnvSuite('serial', (world, kwargs, { maxEpisodeSteps: limits = null, ...choices }) =>
  serial((i) => single({ world, kwargs, limits }, i), choices),
)

describe('serial', () => {
  test('refuses environments whose spaces differ', () => {
    const mixed = () => serial((i) => make(i < 2 ? 'CartPole' : 'MountainCar'), { numEnvs: 3 })
    expect(mixed).toThrow(
      'observationSpace of environment 2 is Box([2], float32), that of environment 0 Box([4], float32); they must be equal',
    )
  })

  test('closes every environment', () => {
    const closed: number[] = []
    const venv = serial((i) => ({ ...make('CartPole'), close: () => closed.push(i) }), { numEnvs: 3 })
    venv.close()
    expect(closed).toEqual([0, 1, 2])
  })

  test('lets every environment be visited, in order', () => {
    const venv = serial(() => make('CartPole'), { numEnvs: 3 })
    venv.reset({ seed: 5 })
    expect(venv.each((env, index) => [index, env.save()])).toEqual([0, 1, 2].map((index) => [index, venv.saveOne(index)]))
  })

  test('a part of a larger vector is counted on from its first', () => {
    const venv = serial(() => functionalEnv(failing({ field: 'reward', value: 'NaN' })), { numEnvs: 2, firstIndex: 6 })
    venv.reset({ seed: [0, 2] })
    venv.step([0, 0])
    expect(() => venv.step([0, 0])).toThrow(expect.objectContaining({ env: 7, step: 2 }))
  })

  test('tells the info of each environment', () => {
    const venv = serial(() => make('FrozenLake', { isSlippery: false }), { numEnvs: 2 })
    venv.reset({ seed: 0 })
    expect(venv.step([2, 1]).infos).toEqual([{ prob: 1 }, { prob: 1 }])
  })
})
