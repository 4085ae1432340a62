/** With a second thread for the critic: the same bits as without, whatever the clip, and never a hang. */
import { afterEach, describe, expect, test } from 'vitest'
import { criticChannel, DEAD, READY, STARTING } from '../../../agents/learners/critic-channel.js'
import type { CriticCrew } from '../../../agents/learners/critic-partner.js'
import type { CriticTask } from '../../../agents/learners/critic-thread.js'
import { createFusedLearner } from '../../../agents/learners/fused-learner.js'
import type { Hyperparameters, Learner, LearnerOptions } from '../../../agents/learners/learner.js'
import { type Threads, threadChoice } from '../../../agents/learners/thread-choice.js'
import { categorical } from '../../../agents/networks/categorical.js'
import { gaussian } from '../../../agents/networks/gaussian.js'
import { rolloutBuffer } from '../../../agents/rollout/buffer.js'
import type { Rollout } from '../../../agents/rollout/rollout.js'
import { criticCrew } from '../../../src/cli/critic-crew.js'
import { createPlan } from '../../../src/clip/registry.js'
import { networkSchema, optimizerSchema } from '../../../src/core/config/schema.js'
import { stream } from '../../../src/core/random.js'
import { bestBuild, loadKernels } from '../../../src/kernels/load.js'
import { memoryOn } from '../../../src/kernels/memory.js'

const INPUTS = 3
const HYPER: Hyperparameters = {
  objective: 'ppo',
  learningRate: 3e-3,
  epochs: 2,
  minibatchSize: 70, // more than a tile, and not a multiple of it
  ratioClip: 0.2,
  valueClip: 0.3,
  valueCoefficient: 0.5,
  entropyCoefficient: 0.01,
  normalizeAdvantages: true,
  targetKl: null,
}
/** Odd widths: the parts of the two networks begin and end in the middle of a vector. */
const small: Omit<LearnerOptions, 'seed' | 'clip'> = {
  observationSize: INPUTS,
  distribution: categorical([3]),
  network: networkSchema.parse({ hidden: [9, 7] }),
  optimizer: optimizerSchema.parse({}),
}

const made: Learner[] = []
const tasks = new Map<Learner, CriticTask>()
afterEach(() => {
  for (const learner of made.splice(0)) learner.dispose()
})

/** A crew that shows what it started. */
function watched(crew: CriticCrew = criticCrew()): CriticCrew & { readonly task: CriticTask } {
  let task: CriticTask | null = null
  return {
    ...crew,
    hire(given) {
      task = given
      return crew.hire(given)
    },
    get task() {
      return task!
    },
  }
}

function create(threads: Threads, options: Partial<LearnerOptions> = {}, crew = watched()): Learner {
  const kernels = loadKernels()
  const learner = createFusedLearner({ ...small, seed: 1, clip: createPlan({ name: 'none' }), ...options, kernels, threads, crew })
  made.push(learner)
  if (threads !== 1) tasks.set(learner, crew.task)
  return learner
}

const channelOf = ({ memory, channel }: CriticTask) => criticChannel(memoryOn(memory), channel, () => performance.now())

async function ready(learner: Learner): Promise<Learner> {
  const channel = channelOf(tasks.get(learner)!)
  while (channel.state() === STARTING) await new Promise((resolve) => setTimeout(resolve, 5))
  expect(channel.state()).toBe(READY)
  return learner
}

/** Commands that were carried out by the second thread. */
const carriedOut = ({ memory, channel }: CriticTask): number => new Int32Array(memory.buffer, channel, 64)[16]!

/** 10 steps of 13 environments; made up, and the same for every learner. */
function rolloutOf(learner: Learner, seed: number): Rollout {
  const random = stream(seed, 'made up')
  const [steps, numEnvs] = [10, 13]
  const actionSize = learner.act(new Float32Array(INPUTS), 1, 'greedy').actions.length
  const rollout = rolloutBuffer(steps, numEnvs, INPUTS, actionSize)
  for (const array of [rollout.observations, rollout.advantages, rollout.returns, rollout.values])
    for (let i = 0; i < array.length; i++) array[i] = random.normal()
  for (let i = 0; i < rollout.actions.length; i++) rollout.actions[i] = random.below(3)
  for (let i = 0; i < rollout.logProbs.length; i++) rollout.logProbs[i] = 0.1 * random.normal() - 1
  return rollout
}

async function train(learner: Learner, from: number, to: number, hyper = HYPER, spoil?: (rollout: Rollout, i: number) => void) {
  const reports = []
  for (let i = from; i < to; i++) {
    const rollout = rolloutOf(learner, i)
    spoil?.(rollout, i)
    reports.push(await learner.update(rollout, hyper))
  }
  return reports
}

describe.skipIf(bestBuild() === null)('two threads', () => {
  const two = (options: Partial<LearnerOptions>) => ready(create(2, options))

  test.each([
    ['none', { name: 'none' }],
    ['the norm of the whole', { name: 'global-norm', tau: 0.05 }],
    ['as PyTorch rounds', { name: 'global-norm', tau: 0.05, like: 'torch' }],
    ['per network', { name: 'fixed', tau: 0.03, per: 'network' }],
    ['per tensor', { name: 'norm', tau: 0.02 }],
    ['per unit', { name: 'fixed', tau: 0.01, per: 'unit' }],
    ['elements', { name: 'value', tau: 0.005 }],
    ['what went before', { name: 'u-clip', tau: 0.01 }],
    ['loss feedback', { name: 'loss-feedback', tau0: 0.05 }],
    ['by weights', { name: 'agc' }],
    ['by second moments', { name: 'spam' }],
    ['proposed steps', { name: 'clippy' }],
    [
      'several',
      [
        { name: 'value', tau: 0.01 },
        { name: 'global-norm', tau: 0.02 },
        { name: 'bounded-update', tau: 0.05 },
      ],
    ],
  ] as const)('the same bits after 20 updates: %s', async (_, clip) => {
    const options = { clip: createPlan(clip as Parameters<typeof createPlan>[0]) }
    const [a, b] = [create(1, options), await two(options)]
    expect(await train(b, 0, 20)).toEqual(await train(a, 0, 20))
    expect(b.save()).toEqual(a.save())
    expect(carriedOut(tasks.get(b)!)).toBeGreaterThan(20 * 2 * 2 * 1)
    expect([...b.values(new Float32Array(INPUTS).fill(0.3), 1)]).toEqual([...a.values(new Float32Array(INPUTS).fill(0.3), 1)])
  })

  test.each([
    ['gaussian policy, AdamW', { distribution: gaussian(2), optimizer: optimizerSchema.parse({ name: 'adamw' }) }],
    [
      'several choices, RMSprop',
      { distribution: categorical([3, 4]), optimizer: optimizerSchema.parse({ name: 'rmsprop', weightDecay: 0.01 }) },
    ],
    ['an optimiser that the kernels do not know', { optimizer: optimizerSchema.parse({ name: 'sgd' }) }],
    ['one layer', { network: networkSchema.parse({ hidden: [] }) }],
  ] as const)('the same bits: %s', async (_, options) => {
    const all = { ...options, clip: createPlan({ name: 'global-norm', tau: 0.05 }) }
    const [a, b] = [create(1, all), await two(all)]
    expect(await train(b, 0, 20)).toEqual(await train(a, 0, 20))
    expect(b.save()).toEqual(a.save())
  })

  test('gradients that are not finite, in either network, are skipped alike', async () => {
    const options = { clip: createPlan({ name: 'global-norm', tau: 0.05 }) }
    const [a, b] = [create(1, options), await two(options)]
    const spoil = (rollout: Rollout, i: number) => {
      if (i % 3 === 1) rollout.returns[5] = Number.NaN
      if (i % 3 === 2) rollout.logProbs[7] = Number.NEGATIVE_INFINITY
    }
    const hyper = { ...HYPER, valueClip: null }
    const reports = await train(b, 0, 9, hyper, spoil)
    expect(reports).toEqual(await train(a, 0, 9, hyper, spoil))
    expect(reports.reduce((sum, { skipped }) => sum + skipped, 0)).toBeGreaterThan(3)
    expect(reports.map(({ nonFinite }) => nonFinite).filter(Boolean).length).toBeGreaterThan(3)
    expect(b.save()).toEqual(a.save())
  })

  test('a target KL stops both at the same step; A2C is the same too', async () => {
    for (const hyper of [
      { ...HYPER, epochs: 8, targetKl: 0.002 },
      { ...HYPER, objective: 'a2c' as const, epochs: 1, minibatchSize: 130 },
    ]) {
      const [a, b] = [create(1), await two({})]
      const reports = await train(b, 0, 6, hyper)
      expect(reports).toEqual(await train(a, 0, 6, hyper))
      expect(b.save()).toEqual(a.save())
      if (hyper.targetKl !== null) expect(reports.some(({ stoppedEarly }) => stoppedEarly)).toBe(true)
    }
  })

  test('what was saved with one number of threads goes on with the other', async () => {
    const whole = create(1)
    await train(whole, 0, 8)
    for (const [before, after] of [
      [1, 2],
      [2, 1],
    ] as const) {
      const first = create(before)
      if (before === 2) await ready(first)
      await train(first, 0, 4)
      const second = create(after)
      if (after === 2) await ready(second)
      second.load(first.save())
      await train(second, 4, 8)
      expect(second.save()).toEqual(whole.save())
    }
  })

  test('as it begins it has one thread, and goes on with two when the other is ready; auto is the same', async () => {
    const whole = create(1)
    await train(whole, 0, 30)
    const [a, b] = [create(2), create('auto')]
    for (const learner of [a, b]) {
      await train(learner, 0, 1)
      await ready(learner)
      await train(learner, 1, 30)
      expect(learner.save()).toEqual(whole.save())
      expect(carriedOut(tasks.get(learner)!)).toBeGreaterThan(0)
    }
  })

  test('memory does not grow', async () => {
    const learner = await two({})
    await train(learner, 0, 3)
    const { memory } = tasks.get(learner)!
    const before = memory.buffer.byteLength
    await train(learner, 3, 300)
    expect(memory.buffer.byteLength).toBe(before)
  })

  test('a thread that has ended is noticed at the next update', async () => {
    const learner = await ready(create(2, {}, watched({ ...criticCrew(), silenceMs: 200 })))
    await train(learner, 0, 2)
    learner.dispose()
    for (let i = 0; ; i++) {
      const failure = await train(learner, 2, 3).then(
        () => null,
        (error: Error) => error.message,
      )
      if (failure !== null) {
        expect(failure).toMatch(/the thread that computes the critic (died: it ended with code 1|shows no sign).*--threads 1/)
        return
      }
      expect(i).toBeLessThan(1000)
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  })

  /** A crew whose thread is ready and never does anything. */
  function idleCrew(onWait: (task: CriticTask) => void): ReturnType<typeof watched> {
    let task: CriticTask | null = null
    let calls = 0
    return watched({
      clock: () => {
        if (++calls === 100) onWait(task!)
        return performance.now()
      },
      cores: 2,
      silenceMs: 200,
      hire(given) {
        task = given
        channelOf(given).enter(READY)
        return { reason: () => 'it fell asleep', end: () => {} }
      },
    })
  }

  test('a thread that dies at work, or hangs, ends the run with a message', async () => {
    const dying = idleCrew((task) => channelOf(task).enter(DEAD))
    await expect(train(create(2, {}, dying), 0, 1)).rejects.toThrow(/died: it fell asleep.*--threads 1/)
    const hanging = watched({
      ...idleCrew(() => {}),
      hire(task) {
        channelOf(task).enter(READY)
        return { reason: () => null, end: () => {} }
      },
    })
    await expect(train(create(2, {}, hanging), 0, 1)).rejects.toThrow(/no sign of life for 0.2 s.*--threads 1/)
  })
})

describe('where there is no second thread', () => {
  test('kernels without shared memory compute alone', async () => {
    const kernels = loadKernels({ build: 'plain' })
    const hire = () => {
      throw new Error('nobody is to be hired')
    }
    const learner = createFusedLearner({
      ...small,
      seed: 1,
      clip: createPlan({ name: 'none' }),
      kernels,
      threads: 2,
      crew: { ...criticCrew(), hire },
    })
    await train(learner, 0, 1)
  })

  test('a thread that never begins is not missed', async () => {
    const hire = () => ({ reason: () => 'it could not be started', end: () => {} })
    const learner = create(2, {}, watched({ ...criticCrew(), hire }))
    const alone = create(1)
    await train(learner, 0, 2)
    await train(alone, 0, 2)
    expect(learner.save()).toEqual(alone.save())
  })
})

describe('the choice of how many', () => {
  /** Updates that take `one` or `two` ms a step. @returns how many threads each had */
  function course(threads: Threads, updates: number, times: (i: number) => { one: number; two: number }, join = () => true): number[] {
    let now = 0
    const choice = threadChoice(threads, () => now)
    return Array.from({ length: updates }, (_, i) => {
      let joined = false
      const timing = choice.begin(() => {
        joined = join()
        return joined
      })
      now += 16 * times(i)[joined ? 'two' : 'one']
      timing.end(16)
      return joined ? 2 : 1
    })
  }

  test('the faster way is found, and lost again when the second core has other work', () => {
    const had = course('auto', 3 * 66, (i) => (i < 66 || i >= 132 ? { one: 2, two: 1.1 } : { one: 2, two: 3 }))
    const measured = [2, 1, 2, 1, 2, 1]
    const then = (n: number) => Array<number>(60).fill(n)
    expect(had).toEqual([...measured, ...then(2), ...measured, ...then(1), ...measured, ...then(2)])
  })

  test('what is asked for is what there is, once it is there', () => {
    expect(course(1, 3, () => ({ one: 9, two: 1 }))).toEqual([1, 1, 1])
    expect(course(2, 3, () => ({ one: 1, two: 9 }))).toEqual([2, 2, 2])
    let asked = 0
    expect(
      course(
        'auto',
        10,
        () => ({ one: 2, two: 1 }),
        () => ++asked > 3,
      ),
    ).toEqual([1, 1, 1, 2, 1, 2, 1, 2, 1, 2])
  })
})
