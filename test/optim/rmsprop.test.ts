import { describe, expect, test } from 'vitest'
import { type RmspropOptions, rmsprop } from '../../src/optim/rmsprop.js'
import { optimizerSuite } from '../suites/optimizer.js'
import { type Clip, COURSE, follow, optimCase, torchNorm } from '../support/optim-fixture.js'

optimizerSuite('rmsprop', (of) => rmsprop(of))
optimizerSuite('rmsprop, centred, with momentum', (of) => rmsprop(of, { centered: true, momentum: 0.5 }))

const CASES: readonly [name: string, options: RmspropOptions, learningRate: number, clip?: Clip][] = [
  ['torch_rmsprop', {}, 0.001],
  ['torch_rmsprop_centered', { centered: true }, 0.001],
  ['torch_rmsprop_momentum', { momentum: 0.9, decay: 0.95 }, 0.001],
  ['torch_rmsprop_a2c', { epsilon: 1e-5 }, 0.0007, torchNorm(0.5)],
  ['sb3_rmsprop_tf_like', { epsilon: 1e-5, epsilonTo: 'inside', initial: 1 }, 0.0007, torchNorm(0.5)],
  ['keras_rmsprop', { decay: 0.9, epsilon: 1e-7, epsilonTo: 'inside' }, 0.001],
  ['keras_rmsprop_centered', { decay: 0.9, epsilon: 1e-7, epsilonTo: 'inside', centered: true, momentum: 0.5, momentumOf: 'step' }, 0.001],
  ['optax_rmsprop', { decay: 0.9, epsilon: 1e-8, epsilonTo: 'inside' }, 0.001],
  ['optax_rmsprop_centered_momentum', { decay: 0.95, epsilon: 1e-6, epsilonTo: 'inside', centered: true, momentum: 0.9 }, 0.001],
]

describe('rmsprop equals PyTorch, Stable-Baselines3, optax and Keras over 50 steps with a spike', () => {
  test.each(CASES)('%s', (name, options, learningRate, clip) => {
    const exact = optimCase(name).runs.float64 !== undefined
    for (const [, expected, got] of follow(name, rmsprop(COURSE, options), { learningRate: () => learningRate, ...(clip && { clip }) })) {
      if (exact) expect(got).toBeAllClose(expected, 1e-9, 1e-12)
      else expect(got).toBeAllClose(expected, 0, 1e-5)
    }
  })
})

test('centred, under a constant gradient: rounding takes v below the squared mean, and the weights stay finite', () => {
  const gradients = Float64Array.from({ length: COURSE.size }, (_, i) => 0.1 + i / 7)
  const [w, same] = [new Float64Array(COURSE.size), new Float64Array(COURSE.size)]
  let [v, mean] = [gradients.map(() => 0), gradients.map(() => 0)]
  let below = 0
  const optimizer = rmsprop(COURSE, { centered: true, decay: 0.9, epsilon: 1 })
  for (let t = 0; t < 600; t++) {
    optimizer.step(w, gradients, 1)
    v = v.map((old, i) => 0.9 * old + (1 - 0.9) * gradients[i]! * gradients[i]!)
    mean = mean.map((old, i) => 0.9 * old + (1 - 0.9) * gradients[i]!)
    gradients.forEach((g, i) => {
      const spread = v[i]! - mean[i]! * mean[i]!
      if (spread < 0) below++
      same[i] = same[i]! - g / (Math.sqrt(Math.max(spread, 0)) + 1)
    })
  }
  expect(below).toBeGreaterThan(100) // the case is met
  expect([...w]).toBeAllClose([...same], 1e-12)
})

test.each([
  [{ decay: 1 }, 'rmsprop: decay must be at least 0 and below 1, got 1'],
  [{ epsilon: -1 }, 'rmsprop: epsilon must be above 0, got -1'],
  [{ momentum: 2 }, 'rmsprop: momentum must be at least 0 and below 1, got 2'],
])('refuses %j', (options, said) => {
  expect(() => rmsprop(COURSE, options)).toThrow(said)
})
