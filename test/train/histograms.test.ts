/** Histograms of a run: they tell what the first minibatch step did, and whether they are on changes no number. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { metricEntry } from '../../src/core/catalog.js'
import { runConfigSchema } from '../../src/core/config/schema.js'
import type { RunEvent, UpdateDone } from '../../src/core/events.js'
import { histogram } from '../../src/record/histogram.js'
import { tensorboard } from '../../src/record/sinks/tensorboard.js'
import { emptyFolder } from '../record/support/folders.js'
import { readTfevents } from '../record/support/tfevents-reader.js'
import { eventsOf, ofKind, smallConfig } from '../support/small-run.js'

const withHistograms = { histograms: true, histogramsEvery: 3 } as const
const without = (event: RunEvent) => {
  if (event.kind !== 'update') return event
  const { histograms: _, ...rest } = event
  return rest
}
const squares = (values: Float32Array) => values.reduce((sum, value) => sum + value * value, 0)

describe.each(['fused', 'cpu'])('histograms of a run on %s', (backend) => {
  const config = smallConfig({
    backend,
    learn: { rolloutSteps: 32, minibatchSize: 128, epochs: 1, learningRate: 0.003 },
    clip: { name: 'global-norm', tau: 1 },
  })

  test('off by default; on, every k-th update has them, and all numbers are the same', async () => {
    const plain = await eventsOf(config)
    const looked = await eventsOf({ ...config, ...withHistograms })
    expect(ofKind(plain, 'update').filter((event) => 'histograms' in event)).toEqual([])
    expect(
      ofKind(looked, 'update')
        .filter(({ histograms }) => histograms)
        .map(({ update }) => update),
    ).toEqual([1, 4, 7])
    expect(looked.map(without)).toEqual(plain)
  })

  test('they are the gradient before and after the clip, the weights and the step, layer by layer', async () => {
    const looked = ofKind(await eventsOf({ ...config, ...withHistograms }), 'update')
    const { histograms = {}, metrics } = looked[0]! // its update has one minibatch step, so that its means are that step's numbers
    const layers = ['actor/hidden-0', 'actor/hidden-1', 'actor/output', 'critic/hidden-0', 'critic/hidden-1', 'critic/output']
    const parts = ['gradient_pre', 'gradient_post', 'weights', 'steps']
    expect(Object.keys(histograms).sort()).toEqual(layers.flatMap((layer) => parts.map((part) => `histograms/${layer}/${part}`)).sort())
    for (const name of Object.keys(histograms)) expect(metricEntry(name), name).toBeDefined()
    for (const layer of layers) {
      const norm = (part: string) => Math.sqrt(squares(histograms[`histograms/${layer}/${part}`]!))
      expect(norm('gradient_pre')).toBeCloseTo(metrics[`grad/layer/${layer}/norm_pre`]!, 6)
      expect(norm('gradient_post')).toBeCloseTo(metrics[`grad/layer/${layer}/norm_post`]!, 6)
      expect(norm('weights')).toBeCloseTo(metrics[`grad/layer/${layer}/weight_norm`]!, 5)
    }
    const of = (part: string) => Math.sqrt(layers.reduce((sum, layer) => sum + squares(histograms[`histograms/${layer}/${part}`]!), 0))
    expect(of('gradient_pre')).toBeGreaterThan(1)
    expect(of('gradient_post')).toBeCloseTo(1, 6)
    for (const layer of layers) {
      const steps = histograms[`histograms/${layer}/steps`]!
      const largest = Math.max(...steps.map(Math.abs))
      expect(largest).toBeGreaterThan(0.002) // the first step of Adam is the learning rate, where ε is small beside the gradient
      expect(largest).toBeLessThanOrEqual(0.003001)
    }
  })
})

describe('the file', () => {
  const event = (update: number, histograms?: UpdateDone['histograms']): UpdateDone => ({
    kind: 'update',
    step: 128 * update,
    update,
    metrics: { 'train/loss': update },
    ...(histograms && { histograms }),
  })

  test('histograms come back through an independent reader, at their step', async () => {
    const weights = Float32Array.from([0.5, -0.25, 0.125, 3])
    const folder = emptyFolder()
    const sink = tensorboard(folder, { now: () => 1e12 })
    await sink.handle(event(1))
    await sink.handle(event(2, { 'histograms/actor/head/weights': weights, 'histograms/actor/head/steps': Float32Array.of(Number.NaN) }))
    await sink.close()
    const [file] = readdirSync(folder)
    const read = readTfevents(readFileSync(join(folder, file!)))
    const found = read.filter(({ histograms }) => histograms)
    expect(found.map(({ step }) => step)).toEqual([256])
    const { min, max, count, sum, sumOfSquares, limits, counts } = histogram(weights)!
    expect(found[0]!.histograms).toEqual({
      'histograms/actor/head/weights': { moments: [min, max, count, sum, sumOfSquares], limits, counts },
    })
    expect(read.flatMap(({ scalars }) => Object.values(scalars))).toEqual([1, 2])
  })

  test('histogramsEvery is a whole number from 1', () => {
    expect(runConfigSchema.safeParse({ env: 'CartPole-v1', histogramsEvery: 0 }).success).toBe(false)
    expect(runConfigSchema.parse({ env: 'CartPole-v1' })).toMatchObject({ histograms: false, histogramsEvery: 10 })
  })
})
