import { describe, expect, test } from 'vitest'
import type { FunctionalEnv } from '../../../envs/core.js'
import { functionalEnv } from '../../../envs/functional-env.js'
import { make } from '../../../envs/registry.js'
import { serial } from '../../../envs/vector/serial.js'
import { orderEnforcing } from '../../../envs/wrappers/order-enforcing.js'
import { timeLimit } from '../../../envs/wrappers/time-limit.js'
import { type VectorChoices, vectorEnvSuite } from '../../suites/vector-env.js'

// biome-ignore lint/suspicious/noExplicitAny: any environment
vectorEnvSuite('serial', (functions: FunctionalEnv<any, any>, { maxEpisodeSteps, ...choices }: VectorChoices) =>
  serial((i) => {
    const env = orderEnforcing(functionalEnv(functions))
    const limit = maxEpisodeSteps?.[i]
    return limit === undefined ? env : timeLimit(env, limit)
  }, choices),
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

  test('tells the info of each environment', () => {
    const venv = serial(() => make('FrozenLake', { isSlippery: false }), { numEnvs: 2 })
    venv.reset({ seed: 0 })
    expect(venv.step([2, 1]).infos).toEqual([{ prob: 1 }, { prob: 1 }])
  })
})
