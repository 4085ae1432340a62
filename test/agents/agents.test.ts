import { beforeAll, describe, expect, test } from 'vitest'
import type { Agent } from '../../agents/agent.js'
import type { Hyperparameters, Learner } from '../../agents/learners/learner.js'
import { createTfLearner } from '../../agents/learners/tf-learner.js'
import { algorithm, algorithmNames } from '../../agents/registry.js'
import { actionAdapter } from '../../agents/rollout/actions.js'
import { observationEncoder } from '../../agents/rollout/observations.js'
import type { Rollout } from '../../agents/rollout/rollout.js'
import { makeVec } from '../../envs/registry.js'
import { box } from '../../envs/spaces/box.js'
import { discrete } from '../../envs/spaces/discrete.js'
import type { VectorEnv } from '../../envs/vector/vector-env.js'
import { selectBackend } from '../../src/backend/backends.js'
import { createClip } from '../../src/clip/registry.js'
import { learnSchema, networkSchema, optimizerSchema } from '../../src/core/config/schema.js'
import { identityBoxVec, identityVec } from './support/identity-env.js'
import { scriptedVec } from './support/scripted-env.js'

beforeAll(() => selectBackend('wasm'))

function learnerFor(venv: VectorEnv, seed = 1, name: 'adam' | 'rmsprop' = 'adam'): Learner {
  return createTfLearner({
    observationSize: observationEncoder(venv.observationSpace).size,
    distribution: actionAdapter(venv.actionSpace).distribution,
    network: networkSchema.parse({ hidden: [16] }),
    optimizer: optimizerSchema.parse({ name }),
    clip: createClip({ name: 'loss-feedback' }),
    seed,
    backend: 'wasm',
  })
}

const learn = learnSchema.parse({
  rolloutSteps: 8,
  minibatchSize: 16,
  epochs: 2,
  learningRate: { from: 0.004, to: 0 },
  ratioClip: { from: 0.4, to: 0.2 },
  entropyCoefficient: { from: 0.02, to: 0.01 },
  valueClip: 0.3,
  targetKl: 0.5,
})

/** A learner that only notes what it is asked to do. */
function listening(venv: VectorEnv): { learner: Learner; heard: { rollout: Rollout; hyper: Hyperparameters }[] } {
  const learner = learnerFor(venv)
  const heard: { rollout: Rollout; hyper: Hyperparameters }[] = []
  return {
    heard,
    learner: {
      ...learner,
      update: async (rollout, hyper) => {
        heard.push({ rollout: structuredClone(rollout), hyper })
        return learner.update(rollout, hyper)
      },
    },
  }
}

describe('what a turn of the loop asks of the learner', () => {
  test('PPO: everything as configured, schedules at their place', async () => {
    const venv = makeVec('CartPole-v1', { numEnvs: 4 })
    const { learner, heard } = listening(venv)
    const agent = algorithm('ppo')({ venv, learner, learn, seed: 1 })
    const { steps, hyper } = await agent.iterate(0.5)
    expect(steps).toBe(32)
    expect(agent.stepsPerIteration).toBe(32)
    expect(hyper).toEqual({
      objective: 'ppo',
      learningRate: 0.002,
      epochs: 2,
      minibatchSize: 16,
      ratioClip: expect.closeTo(0.3, 12),
      valueClip: 0.3,
      valueCoefficient: 0.5,
      entropyCoefficient: 0.015,
      normalizeAdvantages: true,
      targetKl: 0.5,
    })
    expect(heard[0]!.hyper).toBe(hyper)
  })

  test('A2C: one step over the whole rollout, nothing of PPO', async () => {
    const venv = makeVec('CartPole-v1', { numEnvs: 4 })
    const { learner } = listening(venv)
    const { hyper, report } = await algorithm('a2c')({ venv, learner, learn, seed: 1 }).iterate(0)
    expect(hyper).toMatchObject({ objective: 'a2c', epochs: 1, minibatchSize: 32, valueClip: null, targetKl: null, learningRate: 0.004 })
    expect(report.minibatchSteps).toBe(1)
  })

  test.each(algorithmNames())('%s: advantages and returns belong to this rollout', async (name) => {
    const venv = identityVec(2, 3)
    const { learner, heard } = listening(venv)
    await algorithm(name)({ venv, learner, learn: { ...learn, gamma: 0, lambda: 1 }, seed: 1 }).iterate(0)
    const { rewards, values, advantages, returns } = heard[0]!.rollout
    expect(returns).toBeAllClose([...rewards], 1e-6, 1e-6) // γ = 0: what comes later does not count
    expect(advantages).toBeAllClose(
      [...rewards].map((reward, i) => reward - values[i]!),
      1e-5,
      1e-6,
    )
  })

  test('episodes come with the steps they ended at', async () => {
    const venv = makeVec('CartPole-v1', { numEnvs: 4 })
    const agent = algorithm('ppo')({ venv, learner: learnerFor(venv), learn: { ...learn, rolloutSteps: 64 }, seed: 1 })
    const { episodes, steps } = await agent.iterate(0)
    expect(episodes.length).toBeGreaterThan(0)
    for (const { step } of episodes) {
      expect(step % 4).toBe(0)
      expect(step).toBeLessThanOrEqual(steps)
    }
  })

  test('too few rows to normalise are refused before anything runs', () => {
    const venv = makeVec('CartPole-v1', { numEnvs: 1 })
    const learner = learnerFor(venv)
    expect(() => algorithm('ppo')({ venv, learner, learn: { ...learn, minibatchSize: 1 }, seed: 1 })).toThrow(
      'ppo: normalizing advantages needs minibatches of at least 2 rows, got 1',
    )
    expect(() => algorithm('a2c')({ venv, learner, learn: { ...learn, rolloutSteps: 1 }, seed: 1 })).toThrow(
      'a2c: normalizing advantages needs at least 2 rows, got 1',
    )
    const plain = { ...learn, rolloutSteps: 1, normalizeAdvantages: false }
    expect(() => algorithm('a2c')({ venv, learner, learn: plain, seed: 1 })).not.toThrow()
  })
})

describe.each(algorithmNames())('%s', (name) => {
  const make = (seed: number): Agent => {
    const venv = makeVec('CartPole-v1', { numEnvs: 4 })
    return algorithm(name)({ venv, learner: learnerFor(venv, seed, name === 'a2c' ? 'rmsprop' : 'adam'), learn, seed })
  }
  async function run(agent: Agent, from: number, to: number): Promise<unknown[]> {
    const seen: unknown[] = []
    for (let i = from; i < to; i++) {
      const { episodes, report } = await agent.iterate(i / 200)
      seen.push(episodes, report)
    }
    return seen
  }

  test('the same seed gives the same episodes, reports and weights; an observer changes none of them', async () => {
    const [a, b] = [make(3), make(3)]
    const first = await run(a, 0, 20)
    let steps = 0
    const second: unknown[] = []
    for (let i = 0; i < 20; i++) {
      const { episodes, report } = await b.iterate(i / 200, () => steps++)
      second.push(episodes, report)
    }
    expect(second).toEqual(first)
    expect(steps).toBe(160)
    expect(a.save()).toEqual(b.save())
    const other = make(4)
    await run(other, 0, 20)
    expect(other.save()).not.toEqual(a.save())
  })

  test('saved in the middle of episodes, more than 100 minibatch steps in, and loaded by another agent: the same run', async () => {
    const straight = make(3)
    await run(straight, 0, 110)
    const resumed = make(77)
    resumed.load(straight.save())
    expect(await run(resumed, 110, 125)).toEqual(await run(straight, 110, 125))
    expect(resumed.save()).toEqual(straight.save())
  })

  test('learns to name what it sees', async () => {
    const venv = identityVec(8, 4)
    const settings = {
      ...learn,
      gamma: 0.4,
      learningRate: 0.01,
      ...(name === 'a2c' ? { rolloutSteps: 5, normalizeAdvantages: false } : {}),
    }
    const agent = algorithm(name)({ venv, learner: learnerFor(venv, 1, 'adam'), learn: settings, seed: 1 })
    const returns: number[] = []
    for (let step = 0; step < 8000; ) {
      const { steps, episodes } = await agent.iterate(0)
      step += steps
      returns.push(...episodes.map((episode) => episode.return))
    }
    const mean = returns.slice(-20).reduce((sum, value) => sum + value, 0) / 20
    expect(mean).toBeGreaterThan(9) // of 10; guessing gets 2.5
  })

  test('learns to point where it sees', async () => {
    const venv = identityBoxVec(8)
    const settings = { ...learn, gamma: 0, entropyCoefficient: 0, learningRate: 0.01, normalizeAdvantages: true }
    const agent = algorithm(name)({ venv, learner: learnerFor(venv, 1, 'adam'), learn: settings, seed: 1 })
    let last: readonly number[] = []
    for (let i = 0; i < 200; i++) {
      const { episodes } = await agent.iterate(0)
      if (episodes.length > 0) last = episodes.map((episode) => episode.return)
    }
    expect(last.reduce((sum, value) => sum + value, 0) / last.length).toBeGreaterThan(8) // of 10; random actions get about 4
  })
})

describe('a world that pays 1 for ever, cut by a clock every 8 steps', () => {
  const gamma = 0.9
  async function valueLearnt(end: 'truncated' | 'terminated'): Promise<number> {
    const venv = scriptedVec({
      numEnvs: 4,
      observationSpace: box({ low: 0, high: 1, shape: [1] }),
      actionSpace: discrete(2),
      first: () => [1],
      step: (_n, t) => ({ observation: [1], reward: 1, ...((t + 1) % 8 === 0 ? { end, final: [1] } : {}) }),
    })
    const learner = learnerFor(venv)
    const agent = algorithm('ppo')({
      venv,
      learner,
      learn: { ...learn, gamma, learningRate: 0.01, valueClip: null, targetKl: null },
      seed: 1,
    })
    for (let i = 0; i < 150; i++) await agent.iterate(0)
    return learner.values(Float32Array.of(1), 1)[0]!
  }

  test('is worth 1/(1 − γ) = 10, because the clock is not the world', async () => {
    expect(Math.abs((await valueLearnt('truncated')) - 1 / (1 - gamma))).toBeLessThan(0.5)
  })

  test('and clearly less when every cut counts as an end', async () => {
    expect(await valueLearnt('terminated')).toBeLessThan(7)
  })
})

test('algorithms by name', () => {
  expect(algorithmNames()).toEqual(['ppo', 'a2c'])
  expect(() => algorithm('pppo')).toThrow('there is no algorithm "pppo": there are ppo and a2c. Did you mean "ppo"?')
  expect(() => algorithm('toString')).toThrow('there is no algorithm "toString"')
})
