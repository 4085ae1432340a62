import { describe, expect, test } from 'vitest'
import { createCollector } from '../../../agents/rollout/collect.js'
import { createNormalizer, type Normalizer, normalizedActing } from '../../../agents/rollout/normalizer.js'
import type { Json } from '../../../envs/json.js'
import { makeVec } from '../../../envs/registry.js'
import { box } from '../../../envs/spaces/box.js'
import { dict } from '../../../envs/spaces/dict.js'
import { discrete } from '../../../envs/spaces/discrete.js'
import type { Space } from '../../../envs/spaces/space.js'
import { nodeWorkers } from '../../../envs/vector/node-workers.js'
import type { Bundle } from '../../../src/core/bundle.js'
import { type NormalizeConfig, normalizeSchema } from '../../../src/core/config/schema.js'
import { scriptedVec } from '../support/scripted-env.js'

const plane = box({ low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY, shape: [2] })
const both = { observations: true, rewards: true }

const make = (normalize: Partial<NormalizeConfig>, { space = plane as Space, numEnvs = 2, gamma = 0.9 } = {}) =>
  createNormalizer({ normalize: normalizeSchema.parse(normalize), observationSpace: space, numEnvs, gamma })

/** Moments of rows that weigh 1 each beside a first row of 0 with variance 1 that weighs a ten-thousandth: by definition, in one pass. */
function moments(values: readonly number[]): { mean: number; variance: number } {
  const weight = values.length + 1e-4
  const mean = values.reduce((sum, x) => sum + x, 0) / weight
  return { mean, variance: (1e-4 * (1 + mean ** 2) + values.reduce((sum, x) => sum + (x - mean) ** 2, 0)) / weight }
}

const steps = [
  { observations: [3, -1, 0, 2], rewards: [1, -20], terminated: [0, 0], truncated: [0, 0] },
  { observations: [5, 4, -2, 2], rewards: [0, 3], terminated: [0, 1], truncated: [0, 0] },
  { observations: [1, 1, 6, -7], rewards: [2, 5], terminated: [0, 0], truncated: [1, 0] },
  { observations: [0, 1, 2, 8], rewards: [4, 4], terminated: [0, 0], truncated: [0, 0] },
].map(({ observations, rewards, terminated, truncated }) => ({
  observations: Float32Array.from(observations),
  rewards: Float64Array.from(rewards),
  terminated: Uint8Array.from(terminated),
  truncated: Uint8Array.from(truncated),
}))
const first = Float32Array.of(1, 2, 3, 4)

describe('a normaliser', () => {
  test('observations: less the mean over the deviation of all that training was shown', () => {
    const normalizer = make(both)
    normalizer.began(first)
    const shown = [first]
    for (const step of steps) {
      normalizer.stepped(step)
      shown.push(step.observations)
      const columns = [0, 1].map((k) => moments(shown.flatMap((rows) => [rows[k]!, rows[k + 2]!])))
      const expected = [...step.observations].map((x, i) => (x - columns[i % 2]!.mean) / Math.sqrt(columns[i % 2]!.variance + 1e-8))
      expect([...normalizer.observations(step.observations)]).toBeAllClose(expected, 1e-6, 1e-6)
    }
  })

  test('rewards: over the deviation of the discounted returns, which hold the whole episode in the step that ends it', () => {
    const normalizer = make(both)
    normalizer.began(first)
    // environment 1 terminates in the second step, environment 0 is truncated in the third; γ = 0.9
    const discounted = [
      [1, -20],
      [0.9, -15],
      [2.81, 5],
      [4, 8.5],
    ]
    steps.forEach((step, t) => {
      const { variance } = moments(discounted.slice(0, t + 1).flat())
      expect([...normalizer.stepped(step)]).toBeAllClose(
        [...step.rewards].map((r) => r / Math.sqrt(variance + 1e-8)),
        1e-12,
        0,
      )
    })
  })

  test('clips both', () => {
    const normalizer = make({ ...both, clipObservations: 0.5, clipRewards: 0.25 })
    normalizer.began(first)
    for (const step of steps) {
      for (const reward of normalizer.stepped(step)) expect(Math.abs(reward)).toBeLessThanOrEqual(0.25)
      for (const x of normalizer.observations(step.observations)) expect(Math.abs(x)).toBeLessThanOrEqual(0.5)
    }
    expect(normalizer.observations(Float32Array.of(1e9, -1e9))).toEqual(Float32Array.of(0.5, -0.5))
  })

  test('only what training is shown moves it: reading is reading the frozen statistics', () => {
    const normalizer = make(both)
    normalizer.began(first)
    const before = normalizer.save()
    const policy = normalizedActing({ act: (rows) => ({ actions: rows.slice(), logProbs: rows, values: rows }) }, normalizer)
    const { actions } = policy.act(Float32Array.of(1, 2, 3, 4, 5, 6), 3, 'greedy')
    expect(actions).toEqual(normalizer.observations(Float32Array.of(1, 2, 3, 4, 5, 6)))
    expect(actions[0]).toBeCloseTo(-1, 3)
    expect(normalizer.save()).toEqual(before)
  })

  test('saved through JSON and bytes it goes on the same way', () => {
    const [one, two] = [make(both), make(both)]
    one.began(first)
    for (const step of steps.slice(0, 2)) one.stepped(step)
    two.load(copied(one.save()))
    for (const step of steps.slice(2)) {
      expect([...two.stepped(step)]).toEqual([...one.stepped(step)])
      expect([...two.observations(step.observations)]).toEqual([...one.observations(step.observations)])
    }
    expect(two.save()).toEqual(one.save())
  })

  test('a state of other environments is refused', () => {
    expect(() => make(both, { numEnvs: 3 }).load(make(both).save())).toThrow('expected discounted returns of 3 environments, got 2')
    expect(() => make(both).load({ header: {}, arrays: {} })).toThrow('expected discounted returns of 2 environments, got none')
    expect(() => make(both).load({ header: {}, arrays: { discounted: new Float64Array(2) } })).toThrow('expected an object')
  })

  test('what is not asked for is left alone', () => {
    const rows = Float32Array.of(1, 2)
    const noObservations = make({ rewards: true })
    expect(noObservations.observations(rows)).toBe(rows)
    const noRewards = make({ observations: true })
    expect(noRewards.stepped(steps[0]!)).toBe(steps[0]!.rewards)
  })

  test('observations that are choices are refused; their rewards can be normalised', () => {
    const mixed = dict({ where: plane, what: discrete(3) })
    for (const [space, kind] of [
      [discrete(4), 'discrete'],
      [mixed, 'dict'],
    ] as const) {
      expect(() => make({ observations: true }, { space })).toThrow(
        `normalize.observations: expected observations in a box, or a dict or tuple of boxes, got ${kind}`,
      )
      expect(() => make({ rewards: true }, { space })).not.toThrow()
    }
    expect(() => make({ observations: true }, { space: dict({ a: plane, b: plane }) })).not.toThrow()
  })
})

/** V is the sum of a row; the action is its first number. */
const summing = {
  act(rows: Float32Array, count: number) {
    const width = rows.length / count
    const values = summing.values(rows, count)
    return { actions: Float32Array.from({ length: count }, (_, i) => rows[i * width]!), logProbs: values, values }
  },
  values: (rows: Float32Array, count: number) => {
    const width = rows.length / count
    return Float32Array.from({ length: count }, (_, i) => rows.subarray(i * width, (i + 1) * width).reduce((sum, x) => sum + x, 0))
  },
}

const collector = (venv: Parameters<typeof createCollector>[0]['venv'], normalizer: Normalizer, length = 5) =>
  createCollector({ venv, learner: summing, normalizer, steps: length, seed: 3 })

describe('collecting with a normaliser', () => {
  test('the learner sees it all normalised; observers and episodes see what the environments gave', () => {
    const script = () =>
      scriptedVec({
        numEnvs: 2,
        observationSpace: plane,
        actionSpace: box({ low: -9, high: 9, shape: [1] }),
        first: (n) => [n, 2 * n],
        step: (n, t) => ({
          observation: [t + 1 + n, 3 - t],
          reward: 10 * (t + 1) + n,
          ...(t === 2 && n === 1 && { end: 'truncated' as const, final: [50, -60] }),
        }),
      })
    const normalizer = make(both)
    const raw: number[][] = []
    const { rollout, episodes } = collector(script(), normalizer).collect(({ observations, result }) => {
      raw.push([...observations, ...result.rewards])
    })
    expect(raw.slice(0, 2)).toEqual([
      [0, 0, 1, 2, 10, 11],
      [1, 3, 2, 3, 20, 21],
    ])
    expect(episodes).toMatchObject([{ env: 1, return: 11 + 21 + 31, length: 3 }])
    expect(rollout.episodeReturns).toEqual([63])

    const oracle = make(both) // the same steps by hand
    const venv = script()
    oracle.began(venv.reset())
    const expected = { observations: [...oracle.observations(Float32Array.of(0, 0, 1, 2))], rewards: [] as number[], final: 0 }
    for (let t = 0; t < 5; t++) {
      const result = venv.step([0, 0])
      expected.rewards.push(...oracle.stepped(result))
      if (t === 2) expected.final = oracle.observations(Float32Array.of(50, -60)).reduce((sum, x) => sum + x, 0)
      expected.observations.push(...oracle.observations(result.observations))
    }
    expect([...rollout.rewards]).toEqual(expected.rewards)
    expect([...rollout.observations]).toEqual(expected.observations.slice(0, 20))
    expect(rollout.finalValues[2 * 2 + 1]).toBe(Math.fround(expected.final))
    expect(rollout.finalValues[2 * 2 + 1]).not.toBe(-10) // V of the final observation as it was
    expect([...rollout.lastValues]).toEqual([...summing.values(Float32Array.from(expected.observations.slice(20)), 2)])
  })

  test('the same bit for bit however the environments are stepped', async () => {
    const workers = nodeWorkers()
    const run = (vectorization: 'serial' | 'arrays' | 'workers') => {
      const venv = makeVec('Pendulum-v1', { numEnvs: 3, maxEpisodeSteps: 7, vectorization, workers })
      const normalizer = make(both, { space: venv.observationSpace, numEnvs: 3 })
      const agent = collector(venv, normalizer, 20)
      agent.collect()
      const { rollout } = agent.collect()
      venv.close()
      return { ...rollout, state: normalizer.save() }
    }
    const serial = run('serial')
    expect(run('arrays')).toEqual(serial)
    expect(run('workers')).toEqual(serial)
  })
})

const copied = ({ header, arrays }: Bundle): Bundle => ({
  header: JSON.parse(JSON.stringify(header)) as { [key: string]: Json },
  arrays: structuredClone(arrays),
})
