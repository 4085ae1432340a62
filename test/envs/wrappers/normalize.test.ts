import { describe, expect, test } from 'vitest'
import { functionalEnv } from '../../../envs/functional-env.js'
import type { Json } from '../../../envs/json.js'
import { make } from '../../../envs/registry.js'
import { clipAction } from '../../../envs/wrappers/clip-action.js'
import { normalizeObservation } from '../../../envs/wrappers/normalize-observation.js'
import { normalizeReward } from '../../../envs/wrappers/normalize-reward.js'
import { recordEpisodeStatistics } from '../../../envs/wrappers/record-episode-statistics.js'
import { runningMoments } from '../../../envs/wrappers/running-moments.js'
import { transformObservation } from '../../../envs/wrappers/transform-observation.js'
import { transformReward } from '../../../envs/wrappers/transform-reward.js'
import { gymnasiumWrapped, numbersOf, wrapperSuite } from '../../suites/wrapper.js'
import { counter } from '../../support/counter-env.js'
import { fixture } from '../../support/fixtures.js'

// biome-ignore lint/suspicious/noExplicitAny: any environment; fixture rows
type Any = any

/** Gymnasium's statistics of observations are float32. */
const FLOAT32 = 5e-5

wrapperSuite('normalizeObservation', (env) => normalizeObservation(env), {
  settled: (env) => normalizeObservation(env, { updateRunningMean: false }),
})
gymnasiumWrapped('NormalizeObservation', (env, params) => normalizeObservation(env, params), {
  observations: FLOAT32,
  check: (_infos, { state }, env: Any) => {
    expect(env.statistics.mean).toBeAllClose(state.mean, FLOAT32, FLOAT32)
    expect(env.statistics.variance).toBeAllClose(state.var, FLOAT32, FLOAT32)
    expect(env.statistics.count).toBeCloseTo(state.count, 10)
  },
})

wrapperSuite('normalizeReward', (env) => normalizeReward(env), {
  settled: (env) => normalizeReward(env, { updateRunningMean: false }),
  outlivesReset: true, // the discounted return
})
gymnasiumWrapped('NormalizeReward', (env, params) => normalizeReward(env, params), {
  check: (_infos, { state }, env: Any) => {
    expect(env.statistics.mean).toBeAllClose([state.mean], 1e-9)
    expect(env.statistics.variance).toBeAllClose([state.var], 1e-9)
    expect(env.save().accumulated).toBeAllClose(state.discounted_reward, 1e-9)
  },
})

const clipped = (x: number) => Math.min(Math.max(x, -10), 10)
const chain = (env: Any) => {
  const observed = normalizeObservation(clipAction(recordEpisodeStatistics(env)))
  const bounded = transformObservation(observed, (observation) => observation.map(clipped))
  return transformReward(normalizeReward(bounded, { gamma: 0.99 }), clipped)
}
wrapperSuite('a chain as for continuous control', chain, {
  id: 'Pendulum-v1',
  settled: (env) => normalizeReward(normalizeObservation(clipAction(env), { updateRunningMean: false }), { updateRunningMean: false }),
  outlivesReset: true,
})
gymnasiumWrapped('chain_continuous_ppo', chain, {
  observations: FLOAT32,
  check: (infos, { episode_info: expected }) => {
    const told = infos.flatMap((info, step) => (info.episode ? [{ step, l: info.episode.length }] : []))
    expect(told).toEqual(expected.map(({ step, l }: Any) => ({ step, l })))
  },
})

describe('normalising', () => {
  test('after a while observations have mean 0 and deviation 1, and rewards a return of deviation 1', () => {
    const env = normalizeReward(normalizeObservation(make('Pendulum')), { gamma: 0 })
    env.reset({ seed: 0 })
    env.actionSpace.seed(0)
    const rows: number[][] = []
    const rewards: number[] = []
    for (let t = 0; t < 3000; t++) {
      const [observation, reward, , truncated] = env.step(env.actionSpace.sample())
      rows.push([...observation])
      rewards.push(reward)
      if (truncated) env.reset()
    }
    for (let i = 0; i < 3; i++) {
      const column = rows.slice(1000).map((row) => row[i]!)
      expect(Math.abs(meanOf(column))).toBeLessThan(0.15)
      expect(Math.abs(varianceOf(column) - 1)).toBeLessThan(0.15)
    }
    expect(Math.abs(varianceOf(rewards.slice(1000)) - 1)).toBeLessThan(0.15)
  })

  test('frozen statistics stay as they are, and can be thawed', () => {
    const env = normalizeReward(normalizeObservation(make('CartPole')))
    env.reset({ seed: 0 })
    env.step(1)
    env.updateRunningMean = false
    const before = JSON.stringify(env.statistics.save())
    env.step(0)
    env.reset()
    expect(JSON.stringify(env.statistics.save())).toBe(before)
    env.updateRunningMean = true
    env.step(0)
    expect(JSON.stringify(env.statistics.save())).not.toBe(before)
  })

  test('statistics of training serve an environment for evaluation, and travel as JSON', () => {
    const training = normalizeObservation(make('CartPole'))
    training.reset({ seed: 0 })
    for (let t = 0; t < 8; t++) training.step(t % 2)
    const shared = normalizeObservation(make('CartPole'), { statistics: training.statistics, updateRunningMean: false })
    const sent = runningMoments(4)
    sent.load(JSON.parse(JSON.stringify(training.statistics.save())) as Json)
    const received = normalizeObservation(make('CartPole'), { statistics: sent, updateRunningMean: false })
    expect(shared.reset({ seed: 3 })).toEqual(received.reset({ seed: 3 }))
    expect(shared.statistics.count).toBe(9.0001)
    expect(received.save()).toMatchObject({ updateRunningMean: false, statistics: training.statistics.save() })
  })

  test('a reward over a truncation goes on to count, over a termination it does not', () => {
    const returns = (terminated: boolean, truncated: boolean) => {
      const inner: Any = { ...functionalEnv(counter()), step: () => [Float32Array.of(0), 1, terminated, truncated, {}] }
      const env = normalizeReward(inner, { gamma: 0.5 })
      for (let t = 0; t < 3; t++) env.step(0)
      return (env.save() as Any).accumulated[0]
    }
    expect(returns(false, true)).toBe(1.75) // 1 + 0.5 · (1 + 0.5 · 1)
    expect(returns(true, false)).toBe(1)
  })

  test.each([
    ['observation', Number.NaN],
    ['observation', Infinity],
    ['reward', Number.NaN],
    ['reward', -Infinity],
  ] as const)('the %s %s is refused before it spoils the statistics', (field, value) => {
    const bad: Any = {
      ...functionalEnv(counter()),
      step: () => [Float32Array.of(field === 'observation' ? value : 0), field === 'reward' ? value : 0, false, false, {}],
    }
    const env = field === 'observation' ? normalizeObservation(bad) : normalizeReward(bad)
    env.reset({ seed: 0 })
    const before = env.statistics.save()
    expect(() => env.step(0)).toThrow(expect.objectContaining({ name: 'NonFiniteError', step: 1, field }))
    expect(env.statistics.save()).toEqual(before)
  })

  test('refuses choices that cannot be', () => {
    for (const epsilon of [0, -1, Number.NaN, Infinity]) {
      expect(() => normalizeObservation(make('CartPole'), { epsilon })).toThrow(`epsilon must be a number above 0, got ${epsilon}`)
      expect(() => normalizeReward(make('CartPole'), { epsilon })).toThrow(`epsilon must be a number above 0, got ${epsilon}`)
    }
    for (const gamma of [-0.1, 1.1, Number.NaN])
      expect(() => normalizeReward(make('CartPole'), { gamma })).toThrow(`gamma must be from 0 to 1, got ${gamma}`)
    expect(() => normalizeObservation(make('CartPole'), { statistics: runningMoments(3) })).toThrow(
      'expected statistics of 4 numbers, got 3',
    )
    expect(() => normalizeObservation(make('FrozenLake') as never)).toThrow('expected observations in a Box, got Discrete(16)')
  })
})

describe('runningMoments', () => {
  test.each<Any>(fixture('gae').cases.filter((c: Any) => c.kind === 'running_mean_std' && c.epsilon === 1e-4))(
    'equals RunningMeanStd, %#',
    ({ shape, steps }) => {
      const moments = runningMoments(shape.reduce((product: number, side: number) => product * side, 1))
      for (const { batch, mean, var: variance, count } of steps) {
        moments.update(numbersOf(batch.data ?? batch))
        expect(moments.mean).toBeAllClose(numbersOf(mean), 1e-10, 1e-12)
        expect(moments.variance).toBeAllClose(numbersOf(variance), 1e-10, 1e-12)
        expect(moments.count).toBeCloseTo(count, 8)
      }
    },
  )

  test('only the rows picked are counted', () => {
    const [some, all] = [runningMoments(2), runningMoments(2)]
    some.update([9, 9, 1, 2, 9, 9, 3, 5], [0, 1, 0, 1])
    all.update([1, 2, 3, 5])
    some.update([1, 1], [0])
    expect(some.save()).toEqual(all.save())
  })

  test('refuses sizes and states that are none', () => {
    expect(() => runningMoments(0)).toThrow('size must be a whole number of at least 1, got 0')
    expect(() => runningMoments(2).load({ mean: [1], variance: [1, 2], count: 3 })).toThrow(
      'RunningMoments.load: mean: expected a list of 2 numbers',
    )
    expect(() => runningMoments(1).load(null)).toThrow('expected an object, got null')
  })
})

const meanOf = (xs: readonly number[]) => xs.reduce((sum, x) => sum + x, 0) / xs.length
const varianceOf = (xs: readonly number[]) => meanOf(xs.map((x) => (x - meanOf(xs)) ** 2))
