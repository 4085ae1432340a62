import { describe, expect, test } from 'vitest'
import type { Hyperparameters } from '../../../agents/learners/learner.js'
import { createUpdater, type UpdaterOptions } from '../../../agents/learners/update.js'
import type { LossReport } from '../../../agents/losses/actor-critic-loss.js'
import { rolloutBuffer } from '../../../agents/rollout/buffer.js'
import type { Minibatch } from '../../../agents/rollout/minibatch.js'
import type { Clip } from '../../../src/clip/clip.js'
import { createClip } from '../../../src/clip/registry.js'
import { optimizerSchema } from '../../../src/core/config/schema.js'
import { layout } from '../../../src/optim/layout.js'
import { HYPER } from '../../suites/learner.js'

const table = layout([
  { name: 'actor/output/kernel', shape: [2, 1], network: 'actor', layer: 'actor/output' },
  { name: 'critic/output/kernel', shape: [1, 1], network: 'critic', layer: 'critic/output' },
])
const LOSS: LossReport = { loss: 4, policyLoss: 1, valueLoss: 2, entropy: 0.5, approxKl: 0.01, clipFraction: 0.25 }

/** Eight rows whose returns number them. */
function numbered() {
  const rollout = rolloutBuffer(4, 2, 1, 1)
  rollout.returns.set([0, 1, 2, 3, 4, 5, 6, 7])
  return rollout
}

function setUp(changes: Partial<UpdaterOptions> = {}) {
  const parameters = Float32Array.of(1, 1, 1)
  const batches: number[][] = []
  const pauses: number[] = []
  const updater = createUpdater({
    layout: table,
    parameters,
    optimizer: optimizerSchema.parse({ maxSkips: 3 }),
    clip: createClip({ name: 'none' }),
    seed: 1,
    gradient: (batch, _hyper, gradient) => {
      batches.push([...batch.returns.slice(0, batch.rows)])
      gradient.set([3, 0, 4])
      return LOSS
    },
    pause: async () => {
      pauses.push(batches.length)
    },
    ...changes,
  })
  return { updater, parameters, batches, pauses }
}

const hyper: Hyperparameters = { ...HYPER, epochs: 2, minibatchSize: 4 }

describe('one update', () => {
  test('every epoch takes every row once, in a new order, and pauses after it', async () => {
    const { updater, batches, pauses } = setUp()
    const report = await updater.update(numbered(), hyper)
    expect(batches.map((rows) => rows.length)).toEqual([4, 4, 4, 4])
    const [first, second] = [batches.slice(0, 2).flat(), batches.slice(2).flat()]
    for (const epoch of [first, second]) expect([...epoch].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
    expect(first).not.toEqual(second)
    expect(pauses).toEqual([2, 4])
    expect(report.minibatchSteps).toBe(4)
  })

  test('reports means of what the steps said', async () => {
    let step = 0
    const { updater } = setUp({
      gradient: (_batch, _hyper, gradient) => {
        gradient.fill(1)
        step++
        return { ...LOSS, loss: step, approxKl: step / 100 }
      },
    })
    const report = await updater.update(numbered(), hyper)
    expect(report).toMatchObject({ loss: 2.5, policyLoss: 1, valueLoss: 2, entropy: 0.5, clipFraction: 0.25 })
    expect(report.approxKl).toBeCloseTo((0.03 + 0.04) / 2, 12) // of the last epoch
  })

  test('measures the gradient before and after the clip, in all, per group and per layer', async () => {
    const { updater } = setUp({ clip: createClip({ name: 'global-norm', tau: 1, per: 'network' }) })
    const { gradient } = await updater.update(numbered(), hyper)
    expect(gradient.normBefore).toBeCloseTo(5, 6)
    expect(gradient.normAfter).toBeCloseTo(Math.SQRT2, 6)
    expect(gradient).toMatchObject({ tau: 1, clipRate: 1 })
    expect(gradient.groups).toEqual([
      { name: 'actor', tau: 1, normBefore: 3, normAfter: 1, clipRate: 1 },
      { name: 'critic', tau: 1, normBefore: 4, normAfter: 1, clipRate: 1 },
    ])
    expect(gradient.layers.map(({ name, normBefore }) => [name, normBefore])).toEqual([
      ['actor/output', 3],
      ['critic/output', 4],
    ])
    expect(gradient.layers[0]!.normAfter).toBeCloseTo(1, 6)
  })

  test.each([
    [16, 16],
    [17, 0],
  ])('of %i units it names %i: many small groups stay out of the report', async (units, named) => {
    const { updater } = setUp({
      layout: layout([{ name: 'w', shape: [2, units], network: 'actor', layer: 'w' }]),
      parameters: new Float32Array(2 * units),
      clip: createClip({ name: 'global-norm', per: 'unit' }),
      gradient: (_batch, _hyper, gradient) => {
        gradient.fill(1)
        return LOSS
      },
    })
    expect((await updater.update(numbered(), hyper)).gradient.groups).toHaveLength(named)
  })
})

describe('target KL', () => {
  test('ends the update before the step that passes 1.5 times the target', async () => {
    let calls = 0
    const { updater, parameters } = setUp({
      gradient: (_batch, _hyper, gradient) => {
        gradient.fill(1)
        return { ...LOSS, approxKl: [0.01, 0.0149, 0.0151, 0][calls++]! }
      },
    })
    const reference = setUp({
      gradient: (_batch, _hyper, gradient) => {
        gradient.fill(1)
        return LOSS
      },
    })
    const report = await updater.update(numbered(), { ...hyper, targetKl: 0.01 })
    expect(report).toMatchObject({ stoppedEarly: true, minibatchSteps: 2 })
    expect(report.approxKl).toBeCloseTo(0.0151, 12) // of the epoch that it ended
    await reference.updater.update(numbered(), { ...hyper, epochs: 1 })
    expect(parameters).toEqual(reference.parameters) // two steps, not three
  })

  test('without a target nothing stops', async () => {
    const { updater } = setUp({
      gradient: (_batch, _hyper, gradient) => {
        gradient.fill(1)
        return { ...LOSS, approxKl: 99 }
      },
    })
    expect(await updater.update(numbered(), hyper)).toMatchObject({ stoppedEarly: false, minibatchSteps: 4 })
  })
})

describe('numbers that are not finite', () => {
  /** Steps are finite where `good` says so. */
  const patchy = (good: (step: number) => boolean, bad: Partial<LossReport> | null) => {
    let step = 0
    return (_batch: Minibatch, _hyper: Hyperparameters, gradient: Float32Array) => {
      const fine = good(step++)
      gradient.set([1, 1, fine || bad !== null ? 1 : Number.NaN])
      return fine ? LOSS : { ...LOSS, ...bad }
    }
  }

  test('a gradient: the step is skipped, counted and named, and left out of the means', async () => {
    const { updater, parameters } = setUp({ gradient: patchy((step) => step % 2 === 0, null) })
    const report = await updater.update(numbered(), hyper)
    expect(report).toMatchObject({ skipped: 2, minibatchSteps: 4, nonFinite: 'critic/output/kernel', loss: 4 })
    const twoSteps = setUp({ gradient: patchy(() => true, null) })
    await twoSteps.updater.update(numbered(), { ...hyper, epochs: 1 })
    expect(parameters).toEqual(twoSteps.parameters)
  })

  test('a loss whose gradient looks fine', async () => {
    const { updater, parameters } = setUp({ gradient: patchy(() => false, { loss: Number.POSITIVE_INFINITY }) })
    const report = await updater.update(numbered(), { ...hyper, epochs: 1 })
    expect(report).toMatchObject({ skipped: 2, nonFinite: 'loss' })
    expect(report.loss).toBeNaN() // no step was taken
    expect([...parameters]).toEqual([1, 1, 1])
  })

  test('as many in a row as maxSkips end the run, across updates and after a resume', async () => {
    const bad = setUp({ gradient: patchy(() => false, null) })
    await bad.updater.update(numbered(), { ...hyper, epochs: 1 })
    const resumed = setUp({ gradient: patchy(() => false, null) })
    resumed.updater.load(bad.updater.save())
    await expect(resumed.updater.update(numbered(), { ...hyper, epochs: 1 })).rejects.toThrow(
      'update: the gradient was not finite 3 times in a row (optimizer.maxSkips), last in "critic/output/kernel".',
    )
    expect(resumed.batches).toHaveLength(0)
  })
})

test('the clip hears how training goes once per update: return (when an episode ended), value loss, loss, KL', async () => {
  const heard: string[] = []
  const none = createClip({ name: 'none' })
  const listening: Clip = {
    ...none,
    per: 'model',
    rule: {
      ...none.rule,
      feedback: (state, { name, value }) => {
        heard.push(`${name} ${value}`)
        return state
      },
    },
  }
  const { updater } = setUp({ clip: listening })
  await updater.update({ ...numbered(), episodeReturns: [10, 20] }, hyper)
  expect(heard).toEqual(['return 15', 'value-loss 2', 'loss 4', 'kl 0.01'])
  heard.length = 0
  await updater.update(numbered(), hyper)
  expect(heard).toEqual(['value-loss 2', 'loss 4', 'kl 0.01'])
})

test('explained variance is that of the values the rollout was made with', async () => {
  const rollout = numbered()
  rollout.values.set(rollout.returns)
  expect((await setUp().updater.update(rollout, hyper)).explainedVariance).toBe(1)
})
