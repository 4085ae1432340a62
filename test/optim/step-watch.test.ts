/** Watching a clipped optimiser: laws of what is measured, and that watching changes nothing. */
import { readFileSync } from 'node:fs'
import * as tf from '@tensorflow/tfjs-core'
import '@tensorflow/tfjs-backend-cpu'
import * as tfl from '@tensorflow/tfjs-layers'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { metricEntry } from '../../src/core/catalog.js'
import { clipCallback } from '../../src/optim/clip-callback.js'
import { stepHistograms, stepMetrics } from '../../src/optim/step-metrics.js'
import type { PartReport, StepReport } from '../../src/optim/step-report.js'
import type { ObserveOptions } from '../../src/optim/step-watch.js'
import { tfAdam } from '../../src/optim/tf-optimizers.js'
import { withClipping } from '../../src/optim/with-clipping.js'
import { course, data, smallModel, walk } from '../support/clipped-training.js'

beforeAll(async () => {
  tf.env().set('PROD', true)
  await tf.setBackend('cpu')
})
afterAll(() => tf.disposeVariables())

const ALL = ['cosine', 'update-ratio', 'second-moment', 'units'] as const
let count = 0
const vector = (values: number[]) => tf.tensor1d(values).variable(true, `watched-${count++}/w`)

function watched(
  clip: string,
  gradients: (number[] | null)[][],
  options: ObserveOptions = { details: ALL },
  inner: tf.Optimizer = tf.train.adam(0.01),
) {
  const variables = gradients[0]!.map(() => vector([1, -2, 3]))
  const optimizer = withClipping(inner, clip)
  const reports: StepReport[] = []
  const stop = optimizer.observe((report) => reports.push(report), options)
  walk(optimizer, variables, gradients)
  return { reports, optimizer, variables, stop }
}

const parts = ({ model, layers, units }: StepReport): PartReport[] => [model, ...layers, ...units]
const gradient = fc.array(fc.float({ min: -100, max: 100, noNaN: true }), { minLength: 3, maxLength: 3 })
const steps = fc.array(fc.tuple(gradient, gradient), { minLength: 1, maxLength: 4 })

describe('laws', () => {
  test.each(['global-norm:tau=0.5', 'norm:tau=0.5,per=layer', 'value:tau=0.1', 'agc', 'none'])(
    '%s: scale · before = after; nothing grows',
    (clip) => {
      fc.assert(
        fc.property(steps, (gradients) => {
          for (const report of watched(clip, gradients).reports) {
            for (const { scale, normBefore, normAfter, cosine, clipRate } of parts(report)) {
              expect(scale * normBefore).toBeCloseTo(normAfter, 4)
              expect(scale).toBeLessThanOrEqual(1 + 1e-5)
              expect(clipRate >= 0 && clipRate <= 1).toBe(true)
              if (cosine !== null) expect(Math.abs(cosine)).toBeLessThanOrEqual(1)
            }
            const squares = report.layers.reduce((sum, { normBefore }) => sum + normBefore ** 2, 0)
            expect(Math.sqrt(squares)).toBeCloseTo(report.model.normBefore, 3)
          }
        }),
        { numRuns: 15 },
      )
    },
  )

  test('a clip of the global norm keeps the direction, one of elements turns it', () => {
    const [norm] = watched('global-norm:tau=0.5', [[[3, 4, 0]]]).reports
    expect(norm!.model).toMatchObject({ normBefore: 5, tau: 0.5, clipRate: 1 })
    expect(norm!.model.normAfter).toBeCloseTo(0.5)
    expect(norm!.model.scale).toBeCloseTo(0.1)
    expect(norm!.model.cosine).toBeCloseTo(1, 6)
    const [value] = watched('value:tau=1', [[[3, 4, 0.5]]]).reports
    expect(value!.model.cosine).toBeCloseTo((3 + 4 + 0.25) / (Math.sqrt(25.25) * 1.5), 5)
    expect(value!.model.cosine).toBeLessThan(1)
  })

  test.each(['global-norm:tau=1', 'value:tau=0.5', 'bounded-update', 'none'])(
    '%s: listened to or not, the weights have the same bits',
    (clip) => {
      const plain = Array.from({ length: 2 }, () => vector([1, -2, 3]))
      const expected = walk(withClipping(tf.train.adam(0.01), clip), plain, course(12))
      const { variables } = watched(clip, course(12))
      expect(variables.map((one) => [...one.dataSync()])).toEqual(expected)
    },
  )

  test('no tensor more after any step, and none that a listener caused', () => {
    const { optimizer, variables } = watched('global-norm:tau=1', course(2), { details: ALL }, tfAdam(0.01))
    const held = tf.memory().numTensors
    walk(optimizer, variables, course(5))
    expect(tf.memory().numTensors).toBe(held)
  })
})

describe('details', () => {
  test('without any, nothing but norms, τ and rates', () => {
    const [report] = watched('global-norm', [[[3, 4, 0]]], {}).reports
    expect(report!.units).toEqual([])
    expect(report!.model).toMatchObject({ cosine: null, updateRatio: null, secondMoment: null })
  })

  test('update over weights: SGD by hand', () => {
    const { reports } = watched('none', [[[1, 0, 0]]], { details: ['update-ratio'] }, tf.train.sgd(0.1))
    expect(reports[0]!.model.updateRatio).toBeCloseTo(0.1 / Math.sqrt(14), 5)
  })

  test.each([
    ['tf.train.adam', () => tf.train.adam(0.01)],
    ['tfAdam', () => tfAdam(0.01)],
  ])('√v̂ of %s: after one step it is |g|, under a constant gradient it stays so', (_, make) => {
    const { reports } = watched('none', [[[3, 0, -1]], [[3, 0, -1]], [[3, 0, -1]]], { details: ['second-moment'] }, make())
    for (const { model } of reports) {
      expect(model.secondMoment!.min).toBe(0)
      expect(model.secondMoment!.median).toBeCloseTo(1, 3)
      expect(model.secondMoment!.max).toBeCloseTo(3, 3)
      expect(model.secondMoment!.belowEpsilon).toBeCloseTo(1 / 3)
    }
  })

  test('√v̂ of an optimiser without one is null; of a clip around a clip that of the innermost', () => {
    const sgd = watched('none', [[[1, 2, 3]]], { details: ['second-moment'] }, tf.train.sgd(0.1))
    expect(sgd.reports[0]!.model.secondMoment).toBeNull()
    const nested = watched('none', [[[1, 2, 3]]], { details: ['second-moment'] }, withClipping(tf.train.adam(0.1), 'none'))
    expect(nested.reports[0]!.model.secondMoment!.max).toBeCloseTo(3, 3)
  })

  test('units have their own τ, parts the smallest that they meet', () => {
    const kernel = tf.tensor2d([1, 2, 3, 4], [2, 2]).variable(true, `watched-${count++}/kernel`)
    const optimizer = withClipping(tf.train.sgd(0.1), 'norm:tau=1,per=unit')
    const reports: StepReport[] = []
    optimizer.observe((report) => reports.push(report), { details: ['units'] })
    const g = tf.tensor2d([3, 0.1, 4, 0.1], [2, 2])
    optimizer.applyGradients([{ name: kernel.name, tensor: g }])
    expect(reports[0]!.units.map(({ name, clipRate }) => [name, clipRate])).toEqual([
      [`${kernel.name}#0`, 1],
      [`${kernel.name}#1`, 0],
    ])
    expect(reports[0]!.units[0]!.scale).toBeCloseTo(0.2)
    expect(reports[0]!.model.clipRate).toBe(0.5)
  })
})

describe('listeners', () => {
  test('a skipped step is told with what was not finite, also to those who listen to every tenth', () => {
    const { reports } = watched(
      'global-norm',
      [
        [
          [1, 1, 1],
          [1, 1, 1],
        ],
        [
          [Number.NaN, 1, Number.NEGATIVE_INFINITY],
          [1, 1, 1],
        ],
      ],
      { every: 10 },
    )
    expect(reports.map(({ skipped, skippedSoFar }) => [skipped, skippedSoFar])).toEqual([
      [false, 0],
      [true, 1],
    ])
    expect(reports[1]!.model.nonFinite).toBe(2)
    expect(reports[1]!.layers.map(({ nonFinite }) => nonFinite)).toEqual([2, 0])
  })

  test('every third; none after the end', () => {
    const { reports, optimizer, variables, stop } = watched('global-norm', course(7), { every: 3 })
    expect(reports.map(({ step }) => step)).toEqual([0, 3, 6])
    stop()
    walk(optimizer, variables, course(7))
    expect(reports).toHaveLength(3)
  })

  test('bad options are refused', () => {
    const optimizer = withClipping(tf.train.sgd(0.1), 'none')
    expect(() => optimizer.observe(() => {}, { details: ['cosin' as never] })).toThrow('unknown detail "cosin". Did you mean "cosine"?')
    expect(() => optimizer.observe(() => {}, { every: 0 })).toThrow(RangeError)
    expect(() => clipCallback(optimizer, { epsilon: -1 })).toThrow(RangeError)
  })

  test('every number has its line in the catalog; histograms have one number per layer and unit', () => {
    const [report] = watched('global-norm', course(1)).reports
    for (const name of [...Object.keys(stepMetrics(report!)), ...Object.keys(stepHistograms(report!))]) {
      expect(metricEntry(name), name).toBeDefined()
    }
    expect(stepHistograms(report!)['grad/layers/norm_pre']).toHaveLength(2)
    expect(stepHistograms(report!)['grad/units/norm_post']).toHaveLength(2)
  })
})

describe('the callback of fit', () => {
  test('logs of batches and epochs carry the numbers, History keeps them, and training is the same without', async () => {
    const run = async (watching: boolean) => {
      const model = smallModel()
      const optimizer = withClipping(tf.train.adam(0.01), 'global-norm:tau=0.1')
      model.compile({ optimizer, loss: 'meanSquaredError' })
      const [x, y] = data()
      const callback = clipCallback(optimizer, { details: ['cosine'] })
      const options = { epochs: 2, batchSize: 16, shuffle: false, verbose: 0 as const }
      const { history } = await model.fit(x, y, { ...options, ...(watching && { callbacks: [callback] }) })
      return { history, callback, weights: model.getWeights().map((weight) => [...weight.dataSync()]) }
    }
    const { history, callback, weights } = await run(true)
    expect(weights).toEqual((await run(false)).weights)
    expect(history['grad/norm_pre']).toHaveLength(2)
    expect(history['grad/tau']![0]).toBeCloseTo(0.1)
    expect(history['grad/norm_post']![0]).toBeLessThanOrEqual(0.1 + 1e-6)
    expect(history['grad/skipped']).toEqual([0, 0])
    expect(history['grad/cosine']![1]).toBeCloseTo(1, 5)
    expect(Object.keys(history).filter((name) => /^grad\/layer\/dense.*\/norm_pre$/.test(name))).toHaveLength(2)
    expect(callback.history['grad/norm_pre']).toEqual(history['grad/norm_pre'])
  })

  test.each(['behind', 'before, with tf'])('with callbacks of tfjs, %s them', async (place) => {
    const model = smallModel()
    const optimizer = withClipping(tf.train.adam(0.01), 'global-norm:tau=0.1')
    model.compile({ optimizer, loss: 'meanSquaredError' })
    const [x, y] = data()
    const stopping = tfl.callbacks.earlyStopping({ monitor: 'loss', patience: 5 })
    const ours = place === 'behind' ? clipCallback(optimizer) : clipCallback(optimizer, {}, tfl)
    if (place !== 'behind') expect(ours).toBeInstanceOf(tfl.Callback)
    const callbacks = (place === 'behind' ? [stopping, ours] : [ours, stopping]) as tfl.Callback[]
    const { history } = await model.fit(x, y, { epochs: 2, batchSize: 16, verbose: 0, callbacks })
    expect(history['grad/norm_pre']).toHaveLength(2)
  })

  test('the module needs nothing of tfjs-layers', () => {
    const files = ['clip-callback', 'with-clipping', 'index', 'tf-optimizer', 'device-clipping', 'foreign-moments', 'step-watch']
    for (const file of files) expect(readFileSync(`src/optim/${file}.ts`, 'utf8')).not.toMatch(/from '@tensorflow\/tfjs-layers'/)
  })
})
