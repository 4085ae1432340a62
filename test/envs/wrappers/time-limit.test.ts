import { describe, expect, test } from 'vitest'
import { make } from '../../../envs/registry.js'
import { timeLimit } from '../../../envs/wrappers/time-limit.js'
import { gymnasiumWrapped, wrapperSuite } from '../../suites/wrapper.js'

wrapperSuite('timeLimit', (env) => timeLimit(env, 20))
gymnasiumWrapped('TimeLimit', (env, params) => timeLimit(env, params.max_episode_steps))

describe('timeLimit', () => {
  test('truncates at the limit and at every step beyond it, until the reset', () => {
    const env = timeLimit(make('Pendulum'), 3)
    const truncations = () => Array.from({ length: 4 }, () => env.step([0])[3])
    env.reset({ seed: 0 })
    expect(truncations()).toEqual([false, false, true, true])
    env.reset()
    expect(truncations()).toEqual([false, false, true, true])
  })

  test('of two limits the shorter counts', () => {
    const env = timeLimit(timeLimit(make('Pendulum'), 2), 5)
    env.reset({ seed: 0 })
    expect([env.step([0])[3], env.step([0])[3]]).toEqual([false, true])
  })

  test.each([0, -1, 2.5, Number.NaN, '10' as unknown as number])('refuses the limit %s', (limit) => {
    expect(() => timeLimit(make('Pendulum'), limit)).toThrow(`timeLimit: maxSteps must be a whole number of at least 1, got ${limit}`)
  })
})
