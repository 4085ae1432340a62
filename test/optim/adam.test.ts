import { describe, expect, test } from 'vitest'
import { type AdamOptions, adam } from '../../src/optim/adam.js'
import { layout } from '../../src/optim/layout.js'
import { optimizerSuite } from '../suites/optimizer.js'
import { type Clip, COURSE, follow, globalNorm, optimCase, tensorNorm, torchNorm, value } from '../support/optim-fixture.js'

optimizerSuite('adam', (of) => adam(of))
optimizerSuite('adam with AMSGrad and decay', (of) => adam(of, { amsgrad: true, weightDecay: 0.01 }))

const perStep = (name: string) => (t: number) => optimCase(name).lr_per_step[t - 1]

/** Case of the fixture → our options, learning rate, clip. */
const CASES: readonly [name: string, options: AdamOptions, learningRate: number | ((t: number) => number), clip?: Clip][] = [
  ['torch_adam', {}, 0.01],
  ['torch_adam_eps1e-5', { epsilon: 1e-5 }, 0.0003],
  ['torch_adam_l2', { weightDecay: 0.1, weightDecayKind: 'l2' }, 0.01],
  ['torch_adam_amsgrad', { amsgrad: true }, 0.01],
  ['torch_adam_betas', { beta1: 0.8, beta2: 0.95 }, 0.01],
  ['torch_adam_beta1_zero', { beta1: 0, beta2: 0.99 }, 0.01],
  ['torch_adam_clip0.5', { epsilon: 1e-5 }, 0.003, torchNorm(0.5)],
  ['torch_adam_clip0.05_always', { epsilon: 1e-5 }, 0.003, torchNorm(0.05)],
  ['torch_adam_linear', {}, perStep('torch_adam_linear')],
  ['torch_adam_cosine_clip', {}, perStep('torch_adam_cosine_clip'), torchNorm(0.5)],
  ['torch_adam_missing_grad', {}, 0.01],
  ['torch_adamw', { weightDecay: 0.01 }, 0.01],
  ['torch_adamw_wd0.3_clip', { weightDecay: 0.3 }, 0.01, torchNorm(0.5)],
  ['optax_adam', {}, 0.01],
  ['optax_adamw', { weightDecay: 0.01 }, 0.01],
  ['optax_clip_global_adam', { epsilon: 1e-5 }, 0.003, globalNorm(0.5)],
  ['optax_adam_linear', {}, (t) => Math.fround(Math.fround(0.01) * Math.fround(1 - Math.fround((t - 1) / 50)))], // optax schedules are float32
  ['keras_adam', { epsilon: 1e-7, epsilonTo: 'uncorrected' }, 0.01],
  ['keras_adam_eps1e-5', { epsilon: 1e-5, epsilonTo: 'uncorrected' }, 0.0003],
  ['keras_adam_amsgrad', { epsilon: 1e-7, epsilonTo: 'uncorrected', amsgrad: true }, 0.01],
  ['keras_adam_global_clipnorm', { epsilon: 1e-5, epsilonTo: 'uncorrected' }, 0.01, globalNorm(0.5)],
  ['keras_adam_clipnorm', { epsilon: 1e-7, epsilonTo: 'uncorrected' }, 0.01, tensorNorm(0.1)],
  ['keras_adam_clipvalue', { epsilon: 1e-7, epsilonTo: 'uncorrected' }, 0.01, value(0.03)],
  ['keras_adamw', { epsilon: 1e-7, epsilonTo: 'uncorrected', weightDecay: 0.01 }, 0.01],
]

describe('adam equals PyTorch, optax and Keras over 50 steps with a spike', () => {
  test.each(CASES)('%s', (name, options, learningRate, clip) => {
    const rate = typeof learningRate === 'number' ? () => learningRate : learningRate
    const exact = optimCase(name).runs.float64 !== undefined
    for (const [, expected, got] of follow(name, adam(COURSE, options), { learningRate: rate, ...(clip && { clip }) })) {
      if (exact) expect(got).toBeAllClose(expected, 1e-9, 1e-12)
      else expect(got).toBeAllClose(expected, 0, 1e-5)
    }
  })
})

const ONE = layout([{ name: 'w', shape: [3], network: 'n', layer: 'w' }])

describe('adam by hand', () => {
  test("the paper's steps: α 1e-3, ε 1e-5, w = 1, g = .5, −.2, .1", () => {
    const single = layout([{ name: 'w', shape: [1], network: 'n', layer: 'w' }])
    const w = Float64Array.of(1)
    const optimizer = adam(single, { epsilon: 1e-5 })
    const seen = [0.5, -0.2, 0.1].map((g) => {
      optimizer.step(w, Float64Array.of(g), 1e-3)
      return w[0]!
    })
    expect(seen).toBeAllClose([0.99900002, 0.9986544232, 0.9982750434], 0, 5e-11)
  })

  test('where ε goes decides the first step: g = ε = 1e-5, α = 1 moves ½, or 0.0306 uncorrected', () => {
    const move = (epsilonTo: 'corrected' | 'uncorrected') => {
      const w = new Float64Array(3)
      adam(ONE, { epsilon: 1e-5, epsilonTo }).step(w, Float64Array.of(1e-5, 1e-5, 1e-5), 1)
      return -w[0]!
    }
    expect(move('corrected')).toBeCloseTo(0.5, 12)
    expect(move('uncorrected')).toBeCloseTo(0.03065343, 8)
  })

  test('when every step is clipped, the course does not depend on τ', () => {
    const course = (tau: number) => {
      const w = new Float64Array(3)
      const optimizer = adam(ONE)
      for (let t = 1; t <= 100; t++) {
        const g = Float64Array.of(30 + Math.sin(t), -20, 10)
        const norm = Math.hypot(...g)
        optimizer.step(
          w,
          g.map((x) => (x * tau) / norm),
          0.01,
        )
      }
      return w
    }
    expect(course(0.5)).toBeAllClose(course(1), 1e-6)
  })

  test.each([
    [{ beta1: 1 }, 'adam: beta1 must be at least 0 and below 1, got 1'],
    [{ beta2: -0.1 }, 'adam: beta2 must be at least 0 and below 1, got -0.1'],
    [{ epsilon: 0 }, 'adam: epsilon must be above 0, got 0'],
    [{ weightDecay: Number.NaN }, 'adam: weightDecay must be at least 0, got NaN'],
  ])('refuses %j', (options, said) => {
    expect(() => adam(ONE, options)).toThrow(said)
  })
})
