/** The wrappers that do an action more than once, or not at all. */
import { describe, expect, test } from 'vitest'
import { functionalEnv } from '../../../envs/functional-env.js'
import { make } from '../../../envs/registry.js'
import { autoreset } from '../../../envs/wrappers/autoreset.js'
import { repeatAction } from '../../../envs/wrappers/repeat-action.js'
import { type StickyActionOptions, stickyAction } from '../../../envs/wrappers/sticky-action.js'
import { timeLimit } from '../../../envs/wrappers/time-limit.js'
import { gymnasiumWrapped, wrapperSuite } from '../../suites/wrapper.js'
import { counter } from '../../support/counter-env.js'

wrapperSuite('stickyAction', (env) => stickyAction(env, { repeatActionProbability: 0.4, repeatActionDuration: [1, 4] }))
wrapperSuite('stickyAction of numbers', (env) => stickyAction(env, { repeatActionProbability: 0.4 }), { id: 'Pendulum-v1' })
gymnasiumWrapped('StickyAction', (env, params) => stickyAction(env, { repeatActionProbability: params.repeat_action_probability }))

wrapperSuite('repeatAction', (env) => repeatAction(env, 3))

wrapperSuite('autoreset', autoreset)

/** An environment that pays what the action says: its rewards tell what was done. */
const paying = () => functionalEnv(counter())
const done = (env: ReturnType<typeof paying>, actions: readonly number[]) => actions.map((action) => env.step(action)[1])

describe('stickyAction', () => {
  const sticky = (options: Partial<StickyActionOptions>) => stickyAction(paying(), { repeatActionProbability: 0.5, ...options })
  const many = Array.from({ length: 4000 }, (_, i) => i % 10)

  test('does what was asked for, or the last action again, as often as it should', () => {
    const env = sticky({ repeatActionProbability: 0.25 })
    env.reset({ seed: 11 })
    const rewards = done(env, many)
    rewards.forEach((reward, t) => {
      expect([many[t], rewards[t - 1]]).toContain(reward)
    })
    expect(rewards.filter((reward, t) => reward !== many[t]).length / many.length).toBeCloseTo(0.25, 1)
  })

  test('repeats for as many steps as it was told', () => {
    const env = sticky({ repeatActionProbability: 0.02, repeatActionDuration: 3 })
    env.reset({ seed: 5 })
    const repeated = done(env, many).map((reward, t) => (reward === many[t] ? '.' : 'R'))
    const lengths = repeated
      .join('')
      .match(/R+/g)!
      .map((run) => run.length)
    expect(lengths.every((length) => length % 3 === 0)).toBe(true)
    expect(lengths).toContain(3)
  })

  test('the first step after a reset is always one’s own, and with chance 0 all are', () => {
    const env = sticky({ repeatActionProbability: 0.99 })
    env.reset({ seed: 0 })
    done(env, [1, 2, 3])
    env.reset()
    expect(done(env, [7])).toEqual([7])
    const never = sticky({ repeatActionProbability: 0 })
    never.reset({ seed: 0 })
    expect(done(never, many)).toEqual(many)
  })

  test('draws from a stream of its own where the environment keeps its own back', () => {
    const run = (seed: number) => {
      const { random: _, ...closed } = paying()
      const env = stickyAction(closed, { repeatActionProbability: 0.5 })
      env.reset({ seed })
      return done(env, many)
    }
    expect(run(3)).toEqual(run(3))
    expect(run(3)).not.toEqual(run(4))
  })

  test('a caller may write over the array of its action', () => {
    const env = stickyAction(make('Pendulum'), { repeatActionProbability: 0.9 })
    const same = stickyAction(make('Pendulum'), { repeatActionProbability: 0.9 })
    env.reset({ seed: 0 })
    same.reset({ seed: 0 })
    const action = new Float32Array(1)
    for (let t = 0; t < 20; t++) {
      action[0] = t / 10
      expect(env.step(action)).toEqual(same.step(Float32Array.of(t / 10)))
      action[0] = -99
    }
  })

  test.each([
    [{ repeatActionProbability: 1 }, 'repeatActionProbability must be at least 0 and below 1, got 1'],
    [{ repeatActionProbability: -0.1 }, 'got -0.1'],
    [{ repeatActionProbability: Number.NaN }, 'got NaN'],
    [{ repeatActionDuration: 0 }, 'repeatActionDuration must be a whole number of at least 1, or two in order, got 0'],
    [{ repeatActionDuration: [3, 2] as const }, 'got 3,2'],
    [{ repeatActionDuration: [0, 2] as const }, 'got 0,2'],
  ])('refuses %o', (options, message) => {
    expect(() => sticky(options)).toThrow(message)
  })
})

describe('repeatAction', () => {
  test('sums the rewards, and stops where the episode ends', () => {
    const env = repeatAction(paying(), 2)
    env.reset({ seed: 3 }) // three steps long
    expect(env.step(4)).toEqual([Float32Array.of(2), 8, false, false, {}])
    expect(env.step(5)).toEqual([Float32Array.of(3), 5, true, false, {}])
  })

  test.each([0, -1, 1.5, Number.NaN])('refuses %s repeats', (repeats) => {
    expect(() => repeatAction(paying(), repeats)).toThrow(`repeatAction: numRepeats must be a whole number of at least 1, got ${repeats}`)
  })
})

describe('autoreset', () => {
  test('the step after an end begins the next episode and does nothing else', () => {
    const env = autoreset(paying())
    env.reset({ seed: 2 }) // two steps long, always
    const steps = [5, 6, 7, 8, 9].map((action) => env.step(action).slice(0, 4))
    expect(steps).toEqual([
      [Float32Array.of(1), 5, false, false],
      [Float32Array.of(2), 6, true, false],
      [Float32Array.of(0), 0, false, false],
      [Float32Array.of(1), 8, false, false],
      [Float32Array.of(2), 9, true, false],
    ])
    env.reset()
    expect(env.step(1)[1]).toBe(1) // a reset by hand is enough
  })

  test('an end by the time limit is an end', () => {
    const env = autoreset(timeLimit(paying(), 2))
    env.reset({ seed: 0 }) // endless by itself
    expect([5, 6, 7, 8].map((action) => env.step(action).slice(1, 4))).toEqual([
      [5, false, false],
      [6, false, true],
      [0, false, false],
      [8, false, false],
    ])
  })
})
