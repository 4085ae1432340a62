import { describe, expect, test } from 'vitest'
import { actionAdapter } from '../../../agents/rollout/actions.js'
import { type CollectedStep, createCollector } from '../../../agents/rollout/collect.js'
import { observationEncoder } from '../../../agents/rollout/observations.js'
import { makeVec } from '../../../envs/registry.js'
import { box } from '../../../envs/spaces/box.js'
import { discrete } from '../../../envs/spaces/discrete.js'
import { multiBinary } from '../../../envs/spaces/multi-binary.js'
import { multiDiscrete } from '../../../envs/spaces/multi-discrete.js'
import { text } from '../../../envs/spaces/text.js'
import { tuple } from '../../../envs/spaces/tuple.js'
import { stream } from '../../../src/core/random.js'
import { scriptedVec } from '../support/scripted-env.js'

/** Counts up: V of a row is 100 times its first number; actions are the row's first number plus a half. */
const countingLearner = {
  act(observations: Float32Array, count: number) {
    const width = observations.length / count
    const first = Float32Array.from({ length: count }, (_, i) => observations[i * width]!)
    return { actions: first.map((x) => x + 0.5), logProbs: first.map((x) => -x), values: first.map((x) => 100 * x) }
  },
  values: (observations: Float32Array, count: number) => {
    const width = observations.length / count
    return Float32Array.from({ length: count }, (_, i) => 100 * observations[i * width]!)
  },
}

const line = box({ low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY, shape: [1] })

/** Observation of environment n at time t: 10·t + n, whatever is done. */
const clockwork = (ends: Record<string, 'terminated' | 'truncated' | 'both'> = {}, actions = box({ low: -2, high: 12, shape: [1] })) =>
  scriptedVec({
    numEnvs: 2,
    observationSpace: line,
    actionSpace: actions,
    first: (n) => [n],
    step: (n, t) => {
      const end = ends[`${t},${n}`]
      return { observation: [10 * (t + 1) + n], reward: t + n / 10, ...(end ? { end, final: [7] } : {}) }
    },
  })

describe('collecting', () => {
  test('stores rows time-major, as seen and decided before each step', () => {
    const { rollout } = createCollector({ venv: clockwork(), learner: countingLearner, steps: 3, seed: 1 }).collect()
    expect([...rollout.observations]).toEqual([0, 1, 10, 11, 20, 21])
    expect([...rollout.actions]).toEqual([0.5, 1.5, 10.5, 11.5, 20.5, 21.5])
    expect([...rollout.logProbs]).toEqual([-0, -1, -10, -11, -20, -21])
    expect([...rollout.values]).toEqual([0, 100, 1000, 1100, 2000, 2100])
    expect([...rollout.rewards]).toEqual([0, 0.1, 1, 1.1, 2, 2.1])
    expect([...rollout.lastValues]).toEqual([3000, 3100])
  })

  test('goes on where it stopped, and resets once, with its seed', () => {
    const venv = clockwork()
    const collector = createCollector({ venv, learner: countingLearner, steps: 2, seed: 5 })
    collector.collect()
    expect([...collector.collect().rollout.observations]).toEqual([20, 21, 30, 31])
    expect(venv.seeds).toEqual([5])
  })

  test('clips actions to the box for the environment only', () => {
    const venv = clockwork()
    const { rollout } = createCollector({ venv, learner: countingLearner, steps: 3, seed: 1 }).collect()
    expect(venv.told).toEqual([
      [0.5, 1.5],
      [10.5, 11.5],
      [12, 12],
    ])
    expect([...rollout.actions].slice(4)).toEqual([20.5, 21.5])
  })

  test('takes V of the final observation where time ran out, and only there', () => {
    const venv = clockwork({ '0,0': 'truncated', '1,1': 'terminated', '2,0': 'both', '2,1': 'truncated' })
    const { rollout } = createCollector({ venv, learner: countingLearner, steps: 3, seed: 1 }).collect()
    expect([...rollout.truncated]).toEqual([1, 0, 0, 0, 1, 1])
    expect([...rollout.terminated]).toEqual([0, 0, 0, 1, 1, 0])
    expect([...rollout.finalValues]).toEqual([700, 0, 0, 0, 0, 700])
  })

  test('forgets the final values of the rollout before', () => {
    const collector = createCollector({ venv: clockwork({ '0,0': 'truncated' }), learner: countingLearner, steps: 2, seed: 1 })
    expect([...collector.collect().rollout.finalValues]).toEqual([700, 0, 0, 0])
    expect([...collector.collect().rollout.finalValues]).toEqual([0, 0, 0, 0])
  })

  test('lists finished episodes with the step they ended at', () => {
    const venv = clockwork({ '0,1': 'terminated', '2,0': 'truncated' })
    const { episodes, rollout } = createCollector({ venv, learner: countingLearner, steps: 3, seed: 1 }).collect()
    expect(episodes).toEqual([
      { env: 1, return: 0.1, length: 1, terminated: true, truncated: false, step: 2 },
      { env: 0, return: 3, length: 3, terminated: false, truncated: true, step: 6 },
    ])
    expect(rollout.episodeReturns).toEqual([0.1, 3])
  })

  test('an observer sees each step before and after, and changes nothing', () => {
    const seen: { t: number; before: number[]; sent: number[]; after: number[]; logProbs: number[] }[] = []
    const watch = ({ t, observations, decision, sent, result }: CollectedStep) => {
      seen.push({ t, before: [...observations], sent: [...sent], after: [...result.observations], logProbs: [...decision.logProbs] })
    }
    const watched = createCollector({ venv: clockwork(), learner: countingLearner, steps: 2, seed: 1 }).collect(watch)
    const plain = createCollector({ venv: clockwork(), learner: countingLearner, steps: 2, seed: 1 }).collect()
    expect(seen).toEqual([
      { t: 0, before: [0, 1], sent: [0.5, 1.5], after: [10, 11], logProbs: [-0, -1] },
      { t: 1, before: [10, 11], sent: [10.5, 11.5], after: [20, 21], logProbs: [-10, -11] },
    ])
    expect(watched).toEqual(plain)
  })

  test('saves and loads the observations between rollouts', () => {
    const straight = createCollector({ venv: clockwork(), learner: countingLearner, steps: 2, seed: 1 })
    straight.collect()
    const [venv, other] = [clockwork(), clockwork()]
    const first = createCollector({ venv, learner: countingLearner, steps: 2, seed: 1 })
    first.collect()
    const second = createCollector({ venv: other, learner: countingLearner, steps: 2, seed: 9 })
    second.load(first.save())
    other.load(venv.save())
    expect(second.collect().rollout).toEqual(straight.collect().rollout)
    expect(() => second.load({ header: {}, arrays: { observations: new Float32Array(3) } })).toThrow(
      'checkpoint: expected 2 numbers of observations, got 3',
    )
  })

  test('a state of a Discrete space becomes one-hot', () => {
    const venv = scriptedVec({
      numEnvs: 1,
      observationSpace: discrete(3),
      actionSpace: line,
      first: () => [2],
      step: (_n, t) => ({ observation: [t % 3], reward: 0 }),
    })
    const { rollout } = createCollector({ venv, learner: countingLearner, steps: 3, seed: 1 }).collect()
    expect([...rollout.observations]).toEqual([0, 0, 1, 1, 0, 0, 0, 1, 0])
  })
})

describe('what cannot be learnt from is refused', () => {
  const broken = (field: 'reward' | 'observation' | 'final') =>
    scriptedVec({
      numEnvs: 2,
      observationSpace: box({ low: -9, high: 9, shape: [2] }),
      actionSpace: line,
      first: () => [0, 0],
      step: (n, t) => {
        const bad = n === 1 && t === 2
        return {
          observation: [0, bad && field === 'observation' ? Number.NaN : 0],
          reward: bad && field === 'reward' ? Number.POSITIVE_INFINITY : 0,
          ...(bad && field === 'final' ? { end: 'truncated' as const, final: [Number.NaN, 0] } : {}),
        }
      },
    })

  test.each([
    ['reward', 'environment: reward of environment 1 is Infinity at step 2 of the rollout; an environment must give finite numbers.'],
    ['observation', 'environment: observation[1] of environment 1 is NaN at step 2 of the rollout'],
    ['final', 'environment: final observation[0] of environment 1 is NaN at step 2 of the rollout'],
  ] as const)('a %s that is not finite', (field, message) => {
    const collector = createCollector({ venv: broken(field), learner: countingLearner, steps: 4, seed: 1 })
    expect(() => collector.collect()).toThrow(message)
  })

  test('environments that reset a step late', () => {
    const venv = scriptedVec({
      numEnvs: 1,
      observationSpace: line,
      actionSpace: line,
      autoreset: 'next-step',
      first: () => [0],
      step: () => ({ observation: [0], reward: 0 }),
    })
    expect(() => createCollector({ venv, learner: countingLearner, steps: 1, seed: 1 })).toThrow(
      "agents need environments that reset in the step that ends an episode: expected autoreset 'same-step', got 'next-step'.",
    )
  })

  test('several choices at once are one distribution of independent columns', () => {
    for (const [space, outputs] of [
      [multiDiscrete([2, 3]), 5],
      [multiBinary(4), 8],
      [discrete(6), 6],
    ] as const) {
      const { kind, size, distribution } = actionAdapter(space)
      expect([kind, size, distribution.outputSize]).toEqual(['discrete', space.size, outputs])
    }
  })

  test('spaces that no network here reads or acts in', () => {
    const word = text(3)
    expect(() => observationEncoder(word)).toThrow('agents cannot read text observations yet: supported are box, discrete, multi-discrete')
    expect(() => observationEncoder(tuple([line, word]))).toThrow('agents cannot read text observations yet')
    expect(() => actionAdapter(word)).toThrow('agents cannot act in a text space yet')
    expect(() => actionAdapter(box({ low: 0, high: 3, shape: [1], dtype: 'int32' }))).toThrow('agents cannot act in a box of int32 yet')
  })
})

test('a real environment: CartPole rollouts are the same for the same seed', () => {
  const run = () => {
    const random = stream(3, 'test')
    const learner = {
      act: (_: Float32Array, count: number) => ({
        actions: Float32Array.from({ length: count }, () => random.below(2)),
        logProbs: new Float32Array(count),
        values: new Float32Array(count),
      }),
      values: (_: Float32Array, count: number) => new Float32Array(count),
    }
    const venv = makeVec('CartPole-v1', { numEnvs: 3 })
    const { rollout, episodes } = createCollector({ venv, learner, steps: 100, seed: 4 }).collect()
    return { rollout, episodes }
  }
  const [a, b] = [run(), run()]
  expect(a).toEqual(b)
  expect(a.episodes.length).toBeGreaterThan(5)
  expect(a.rollout.terminated.reduce((sum, x) => sum + x, 0)).toBe(a.episodes.length)
})
