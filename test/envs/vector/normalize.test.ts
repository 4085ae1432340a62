import { describe, expect, test } from 'vitest'
import { make, makeVec } from '../../../envs/registry.js'
import { box } from '../../../envs/spaces/box.js'
import { normalizeObservation } from '../../../envs/vector/normalize-observation.js'
import { normalizeReward } from '../../../envs/vector/normalize-reward.js'
import { transformObservation } from '../../../envs/vector/transform-observation.js'
import { transformReward } from '../../../envs/vector/transform-reward.js'
import type { AutoresetMode, VectorEnv, VectorStep } from '../../../envs/vector/vector-env.js'
import { normalizeReward as normalizeRewardOfOne } from '../../../envs/wrappers/normalize-reward.js'
import { vectorWrapperSuite } from '../../suites/vector-wrapper.js'
import { fixture } from '../../support/fixtures.js'

// biome-ignore lint/suspicious/noExplicitAny: fixture rows
type Row = any

const MODES: Readonly<Record<string, AutoresetMode>> = { SAME_STEP: 'same-step', NEXT_STEP: 'next-step' }
const FLOAT32 = 5e-5 // Gymnasium's statistics of observations are float32
const BATCH = 5e-6 // VecNormalize takes the mean of a batch in float32
const FLOAT32_RETURNS = 1e-6 // its discounted returns of a vector, too; relative

vectorWrapperSuite('normalizeObservation', (venv) => normalizeObservation(venv))
vectorWrapperSuite('normalizeReward', (venv) => normalizeReward(venv))

const cases = (name: string): Row[] => fixture('wrappers').cases.filter((c: Row) => c.name === `vector.${name}`)

describe('vector NormalizeObservation', () => {
  test.each(cases('NormalizeObservation'))('does what Gymnasium’s does, $mode', (c: Row) => {
    const venv = normalizeObservation(makeVec(c.env, { numEnvs: c.num_envs, autoreset: MODES[c.mode]! }), c.params)
    expect(venv.reset({ seed: c.seed })).toBeAllClose(c.reset_obs.flat(), 0, FLOAT32)
    c.actions.forEach((actions: number[], t: number) => {
      const step = venv.step(actions)
      expect(step.observations).toBeAllClose(c.obs[t].flat(), 0, FLOAT32)
      expect([...step.rewards]).toEqual(c.rewards[t])
    })
    expect(venv.statistics.mean).toBeAllClose(c.state.mean, FLOAT32, FLOAT32)
    expect(venv.statistics.variance).toBeAllClose(c.state.var, FLOAT32, FLOAT32)
    expect(venv.statistics.count).toBeCloseTo(c.state.count, 8)
  })

  test('counts every row that is new once: all of a reset and of a step, and of a reset by mask those it picks', () => {
    const venv = normalizeObservation(makeVec('CartPole', { numEnvs: 3, autoreset: 'disabled' }))
    venv.reset({ seed: 0 })
    venv.step([0, 1, 0])
    expect(venv.statistics.count).toBeCloseTo(6, 3)
    venv.reset({ mask: [true, false, true] })
    expect(venv.statistics.count).toBeCloseTo(8, 3)
    venv.updateRunningMean = false
    venv.step([0, 1, 0])
    expect(venv.statistics.count).toBeCloseTo(8, 3)
  })
})

describe('vector NormalizeReward', () => {
  test.each(cases('NormalizeReward'))('does what Gymnasium’s does, $mode', (c: Row) => {
    const venv = normalizeReward(makeVec(c.env, { numEnvs: c.num_envs, autoreset: MODES[c.mode]! }), c.params)
    venv.reset({ seed: c.seed })
    const steps = c.actions.map((actions: number[]) => [...venv.step(actions).rewards])
    expect(steps.flat()).toBeAllClose(c.rewards.flat(), FLOAT32_RETURNS)
    expect(venv.statistics.mean).toBeAllClose([c.state.mean], FLOAT32_RETURNS)
    expect(venv.statistics.variance).toBeAllClose([c.state.var], FLOAT32_RETURNS)
    expect(venv.statistics.count).toBeCloseTo(c.state.count, 8)
  })

  test('of one environment that never ends, it is the wrapper of a single one', () => {
    const one = normalizeRewardOfOne(make('Pendulum', {}, { maxEpisodeSteps: null }), { gamma: 0.9 })
    const venv = normalizeReward(makeVec('Pendulum', { maxEpisodeSteps: null }), { gamma: 0.9 })
    one.reset({ seed: 2 })
    venv.reset({ seed: 2 })
    for (let t = 0; t < 30; t++) {
      const action = Float32Array.of(Math.sin(t))
      expect(venv.step(action).rewards[0]).toBe(one.step(action)[1])
    }
  })

  // rewards 1, 2, 4, 8 of one environment that ends with the second; gamma 1/2
  test.each<[AutoresetMode, 'terminated' | 'truncated', number[], number]>([
    ['same-step', 'terminated', [1, 0, 4, 10], 4], // the 2 of the end stands alone and is forgotten
    ['same-step', 'truncated', [1, 0, 4, 10], 4],
    ['next-step', 'terminated', [1, 2, 2, 9], 3], // the third step does not count: 8 + 2/2
    ['next-step', 'truncated', [1, 2.5, 2.5, 9.25], 3], // 2 + 1/2, then 8 + 2.5/2
    ['disabled', 'terminated', [1, 2, 2, 9], 3],
  ])('in mode %s the return goes on after being %s as the rules say', (autoreset, how, returns, counted) => {
    const rows = [1, 2, 4, 8].map((reward, t) => ({ reward: [reward], [how]: [t === 1] }))
    const venv = normalizeReward(scripted(1, rows, autoreset), { gamma: 0.5 })
    venv.reset()
    const kept = rows.map(() => {
      venv.step([0])
      return (venv.save() as Row).accumulated[0]
    })
    expect(kept).toEqual(returns)
    expect(venv.statistics.count).toBeCloseTo(counted, 3)
  })

  test('a reset begins the return again, by mask only where the mask says', () => {
    const rows = [{ reward: [1, 1] }, { reward: [1, 1], terminated: [true, true] }, { reward: [3, 3] }]
    const venv = normalizeReward(scripted(2, rows, 'disabled'))
    venv.reset()
    venv.step([0, 0])
    venv.step([0, 0])
    venv.reset({ mask: [1, 0] })
    venv.step([0, 0])
    expect(venv.save()).toMatchObject({ accumulated: [3, 1], active: [1, 1] }) // the second was not reset, and did not count
  })
})

describe('both together', () => {
  test.each<Row>(fixture('gae').cases.filter((c: Row) => c.kind === 'vec_normalize'))('are VecNormalize in same-step mode, %#', (c) => {
    const clip = (limit: number) => (x: number) => Math.min(Math.max(x, -limit), limit)
    const played = [...c.rows, c.frozen_step].filter(Boolean)
    const script = played.map((row: Row) => ({ reward: row.raw_reward, observations: row.raw_obs, truncated: row.done })) // VecNormalize keeps what came before an end of either kind
    const numEnvs = c.reset_raw.length
    const observed = normalizeObservation(scripted(numEnvs, script, 'same-step', c.reset_raw), { epsilon: c.epsilon })
    const paid = normalizeReward(observed, { gamma: c.gamma, epsilon: c.epsilon })
    const limit = clip(c.clip_obs)
    const bounded = transformObservation(paid, (from, at, out, outAt) => {
      for (let i = 0; i < 2; i++) out[outAt + i] = limit(from[at + i]!)
    })
    const venv = transformReward(bounded, clip(c.clip_reward))

    expect(venv.reset()).toBeAllClose(c.reset.flat(), 0, BATCH)
    played.forEach((row: Row, t: number) => {
      observed.updateRunningMean = t < c.rows.length
      paid.updateRunningMean = t < c.rows.length
      const step = venv.step(new Array(numEnvs).fill(0))
      expect(step.observations).toBeAllClose(row.obs.flat(), 0, BATCH)
      expect(step.rewards).toBeAllClose(row.reward, 0, BATCH)
    })
    for (const [{ statistics }, { mean, var: variance, count }] of [
      [observed, c.obs_rms],
      [paid, c.ret_rms],
    ] as const) {
      expect(statistics.mean).toBeAllClose([mean].flat(), 1e-6)
      expect(statistics.variance).toBeAllClose([variance].flat(), 1e-6)
      expect(statistics.count).toBeCloseTo(count, 8)
    }
  })
})

interface ScriptRow {
  readonly reward: readonly number[]
  /** [N][2] */
  readonly observations?: readonly (readonly number[])[]
  readonly terminated?: readonly boolean[]
  readonly truncated?: readonly boolean[]
}

/** A vector environment that plays what it was given, row after row. */
function scripted(
  numEnvs: number,
  rows: readonly ScriptRow[],
  autoreset: AutoresetMode,
  first?: readonly (readonly number[])[],
): VectorEnv {
  const step: VectorStep = {
    observations: new Float32Array(2 * numEnvs),
    rewards: new Float64Array(numEnvs),
    terminated: new Uint8Array(numEnvs),
    truncated: new Uint8Array(numEnvs),
    finalObservations: new Float32Array(2 * numEnvs),
    episodes: [],
    infos: new Array(numEnvs).fill({}),
  }
  let t = 0
  return {
    numEnvs,
    observationSpace: box({ low: -Infinity, high: Infinity, shape: [2] }),
    actionSpace: box({ low: -1, high: 1 }),
    autoreset,
    spec: null,
    reset: () => {
      step.observations.set(first?.flat() ?? [])
      return step.observations
    },
    step: () => {
      const { reward, observations, terminated, truncated } = rows[t++]!
      step.observations.set(observations?.flat() ?? [])
      step.rewards.set(reward)
      step.terminated.set(Array.from({ length: numEnvs }, (_, i) => Number(terminated?.[i] ?? false)))
      step.truncated.set(Array.from({ length: numEnvs }, (_, i) => Number(truncated?.[i] ?? false)))
      return step
    },
    saveOne: () => null,
    save: () => ({ t }),
    load: () => {},
    close: () => {},
  }
}
