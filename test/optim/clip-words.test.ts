/** Clips that need more than the gradient, plans of several, selections, other libraries' last bits. Worked by hand unless said otherwise. */
import { describe, expect, test } from 'vitest'
import { createClip, createPlan, describeClip, parsePlan, planConfig } from '../../src/clip/registry.js'
import type { ClipConfig } from '../../src/core/config/schema.js'
import { UsageError } from '../../src/core/errors.js'
import { adam } from '../../src/optim/adam.js'
import { clippedStep } from '../../src/optim/clipped-step.js'
import { createClipper, type StepExtras } from '../../src/optim/clipper.js'
import { layout } from '../../src/optim/layout.js'
import type { FlatOptimizer } from '../../src/optim/optimizer.js'
import { rmsprop } from '../../src/optim/rmsprop.js'
import { checkPatterns } from '../../src/optim/selection.js'
import { type ClipCase, clipCases, clipInput, clipOutput } from '../support/clip-fixture.js'

const PAIR = layout([{ name: 'a', shape: [2], network: 'model', layer: 'a' }])
const TWO = layout([
  { name: 'a', shape: [2], network: 'model', layer: 'a' },
  { name: 'b', shape: [1], network: 'model', layer: 'b' },
])
const NET = layout([
  { name: 'actor/h/kernel', shape: [2, 2], network: 'actor', layer: 'actor/h' },
  { name: 'actor/h/bias', shape: [2], network: 'actor', layer: 'actor/h' },
  { name: 'actor/out/kernel', shape: [2, 2], network: 'actor', layer: 'actor/out' },
  { name: 'critic/h/kernel', shape: [2, 2], network: 'critic', layer: 'critic/h' },
  { name: 'critic/out/kernel', shape: [2, 1], network: 'critic', layer: 'critic/out' },
])
const CONTEXT = { step: 100, learningRate: 0.1 }

function revised(
  config: ClipConfig,
  update: number[],
  extras: StepExtras & { gradient?: number[]; parameters?: number[] } = {},
  context = CONTEXT,
) {
  const clipper = createClipper(createClip(config), PAIR)
  const gradient = Float32Array.from(extras.gradient ?? update)
  const parameters = Float32Array.from(extras.parameters ?? [0, 0])
  const step = Float64Array.from(update)
  clipper.apply(gradient, parameters, context, extras)
  const report = clipper.revise(step, gradient, parameters, context, extras)
  return { step: [...step], report }
}

function applied(config: ClipConfig, gradient: number[], extras: StepExtras = {}, table = PAIR) {
  const values = Float32Array.from(gradient)
  const report = createClipper(createClip(config), table).apply(values, new Float32Array(table.size), CONTEXT, extras)
  return { values: [...values], report }
}

describe('like: the roundings of other libraries (reference case R1)', () => {
  const r1 = (like: string, tau: number) => applied({ name: 'global-norm', tau, like }, [3, 0, 4], {}, TWO).values
  test('PyTorch divides by n + 1e-6, so a gradient at its limit shrinks', () => {
    expect(r1('torch', 1)).toBeAllClose([0.5999999, 0, 0.79999983], 1e-7)
    expect(r1('torch', 5)).toBeAllClose([2.9999993, 0, 3.999999], 1e-7)
    expect(r1('torch', 10)).toEqual([3, 0, 4])
  })
  test('TensorFlow and optax leave it', () => {
    for (const like of ['tensorflow', 'optax', 'exact']) {
      expect(r1(like, 1)).toBeAllClose([0.6, 0, 0.8], 1e-7)
      expect(r1(like, 5)).toEqual([3, 0, 4])
    }
  })

  const comparable = ({ in: input, args: { max_norm: tau = 0, norm_type: order = 2 } }: ClipCase) =>
    !/nan|inf|over|under/.test(input) && tau > 0 && tau < Infinity && [1, 2, Infinity].includes(order)
  test.each(clipCases('torch', 'clip_grad_norm_').filter(comparable))('PyTorch: $in $args', (one) => {
    const { max_norm: tau, norm_type: order = 2 } = one.args
    const input = clipInput(one.in)
    const of = order === 1 ? 'norm-1' : order === 2 ? 'norm' : 'norm-inf'
    const clip = createClip({ name: 'global-norm', tau: tau!, of, like: 'torch' })
    createClipper(clip, input.layout).apply(input.gradient, input.weights, CONTEXT, { absent: input.absent })
    expect(input.gradient).toBeAllClose(clipOutput(one, input), 5e-7, 1e-30)
  })
})

describe('clips of the step', () => {
  test('block RMS with d = 1 (R10): a step of [3, 4] learning rates', () => {
    expect(revised({ name: 'block-rms' }, [0.3, 0.4]).step).toBeAllClose([0.084852814, 0.113137085], 1e-8)
  })

  test.each(clipCases('optax', 'clip_by_block_rms').filter(({ in: input }) => !/nan|inf/.test(input)))(
    'optax block RMS: $in $args',
    (one) => {
      const input = clipInput(one.in)
      const clip = createClip({ name: 'block-rms', c: one.args['threshold']! })
      const update = Float64Array.from(input.gradient)
      const clipper = createClipper(clip, input.layout)
      clipper.apply(input.gradient.slice(), input.weights, { step: 0, learningRate: 1 }, { absent: input.absent })
      clipper.revise(update, input.gradient, input.weights, { step: 0, learningRate: 1 }, { absent: input.absent })
      if (!/over/.test(one.in)) {
        expect(update).toBeAllClose(clipOutput(one, input), 2e-6, 1e-30)
        return
      }
      for (const { offset, size } of input.layout.slots) {
        // float32 squares overflow in the library; here every tensor is at its limit
        expect(Math.hypot(...update.subarray(offset, offset + size)) / Math.sqrt(size)).toBeLessThanOrEqual(
          one.args['threshold']! * (1 + 1e-6),
        )
      }
    },
  )

  test('Clippy (R11): Δ = [.5, .001], w = [1, 2]', () => {
    const { step } = revised({ name: 'clippy' }, [0.5, 0.001], { parameters: [1, 2] })
    expect(step).toBeAllClose([0.1000001, 0.0002000002], 1e-9)
  })

  test('StableAdamW (R10): g = [1, 1], v = [.25, .25] → RMS 2, half the step', () => {
    const extras = { gradient: [1, 1], secondMoment: () => Float64Array.of(0.25, 0.25) }
    expect(revised({ name: 'stable-adamw' }, [0.1, -0.2], extras).step).toBeAllClose([0.05, -0.1], 1e-12)
    const calm = { gradient: [0.5, 0.5], secondMoment: () => Float64Array.of(0.25, 0.25) }
    expect(revised({ name: 'stable-adamw' }, [0.1, -0.2], calm).step).toEqual([0.1, -0.2])
  })

  test('a bounded step: the weights move no further than τ', () => {
    const { step, report } = revised({ name: 'bounded-update', tau: 0.5 }, [3, 4])
    expect(step).toBeAllClose([0.3, 0.4], 1e-12)
    expect(report.clipRate).toBe(1)
  })

  test('a step that is not finite is refused', () => {
    expect(() => revised({ name: 'bounded-update' }, [Number.NaN, 0], { gradient: [1, 1] })).toThrow('step for "a" is not finite')
  })

  test.each(['adam', 'rmsprop'] as const)(
    '%s: without a limit the same bits as without a clip; the moments see the whole gradient',
    (name) => {
      const make = () => (name === 'adam' ? adam(PAIR, { weightDecay: 0.1 }) : rmsprop(PAIR, { momentum: 0.5 }))
      const run = (optimizer: FlatOptimizer, config: ClipConfig) => {
        const step = clippedStep(createClipper(createClip(config), PAIR), optimizer)
        const parameters = Float32Array.of(1, -2)
        for (let t = 0; t < 20; t++) step(parameters, Float32Array.of(Math.sin(t), 3 * Math.cos(t)), { step: t, learningRate: 0.01 })
        return { parameters: [...parameters], state: optimizer.save() }
      }
      const [bare, loose, tight] = [
        run(make(), { name: 'none' }),
        run(make(), { name: 'bounded-update', tau: 1e9 }),
        run(make(), { name: 'bounded-update', tau: 1e-3 }),
      ]
      expect(loose).toEqual(bare)
      expect(tight.parameters).not.toEqual(bare.parameters)
      const { v } = tight.state.arrays as { v: Float64Array }
      if (name === 'rmsprop') expect(v).toEqual((bare.state.arrays as { v: Float64Array }).v)
    },
  )
})

describe('rules that work with the optimiser', () => {
  test('SPAM (R8): g = [-.1, .2], v = [1e-6, 1]', () => {
    const extras = { secondMoment: () => Float64Array.of(1e-6, 1) }
    expect(applied({ name: 'spam' }, [-0.1, 0.2], extras).values).toBeAllClose([-0.07071068, 0.2], 1e-6)
  })

  test('SPAM waits after a start and a reset, and leaves an element that has no history', () => {
    const rule = createClip({ name: 'spam' }).rule
    const tau = (step: number) => rule.threshold(null, {} as never, { step, learningRate: 1 })
    expect([0, 19, 20, 499, 500, 519, 520].map(tau).map(Number.isFinite)).toEqual([false, false, true, true, false, false, true])
    const young = { secondMoment: () => Float64Array.of(0, 1) }
    expect(applied({ name: 'spam' }, [5, 0.2], young).values).toBeAllClose([5, 0.2], 1e-7)
  })

  test('SPAM: moments start anew every 500 steps, and the step grows from a hundredth to all of it in 150', () => {
    const request = (step: number) => createClip({ name: 'spam' }).rule.request!({ step, learningRate: 1 })
    expect([0, 1, 499].map(request)).toEqual([0, 1, 499].map(() => ({ resetMoments: false, rate: 1 })))
    expect(request(500).resetMoments).toBe(true)
    expect(request(500).rate).toBeCloseTo(0.01, 12)
    expect(request(575)).toEqual({ resetMoments: false, rate: 1 - 0.99 / 2 })
    expect(request(650).rate).toBe(1)
    const optimizer = adam(PAIR)
    const step = clippedStep(createClipper(createClip({ name: 'spam', resetEvery: 3, quiet: 0, warmup: 0 }), PAIR), optimizer)
    const parameters = Float32Array.of(1, 1)
    for (let t = 0; t < 4; t++) step(parameters, Float32Array.of(1, 2), { step: t, learningRate: 0.1 })
    expect(optimizer.save().header['steps']).toEqual([1])
  })

  test('an optimiser without second moments is refused by name', () => {
    const { secondMoment: _, ...plain } = adam(PAIR)
    const clipper = createClipper(createClip({ name: 'spam' }), PAIR)
    expect(() => clippedStep(clipper, { ...plain, name: 'sgd' })).toThrow(
      'clip "spam" needs the second moments of the gradient, and sgd keeps none',
    )
  })

  test("Adam's second moment, its bias corrected, is the square of a constant gradient", () => {
    const optimizer = adam(PAIR)
    for (let t = 0; t < 5; t++) optimizer.step(Float32Array.of(1, 1), Float32Array.of(2, 0), 0.1)
    expect(optimizer.secondMoment!(true)).toBeAllClose([4, 0], 1e-12)
  })
})

describe('rules that are told the loss', () => {
  test('ALRC (R13): μ 25, μ₂ 900, loss 100', () => {
    const clipper = createClipper(createClip({ name: 'alrc' }), PAIR)
    const gradient = Float32Array.of(1, 2)
    const { groups } = clipper.apply(gradient, new Float32Array(2), { ...CONTEXT, loss: 100 })
    expect(groups[0]!.tau).toBeCloseTo(74.74937186, 6)
    expect(gradient).toBeAllClose([0.74749372, 1.49498744], 1e-7)
    const [
      {
        groups: [{ state }],
      },
    ] = clipper.save() as never as [{ groups: [{ state: { mean: number; meanSquare: number } }] }]
    expect([state.mean, state.meanSquare]).toBeAllClose([25.04974937, 904.6874686], 1e-9)
  })

  test('a negative loss is never above its limit; without a loss the rule says what it needs', () => {
    const clipper = createClipper(createClip({ name: 'alrc' }), PAIR)
    const gradient = Float32Array.of(1, 2)
    clipper.apply(gradient, new Float32Array(2), { ...CONTEXT, loss: -100 })
    expect([...gradient]).toEqual([1, 2])
    expect(() => clipper.apply(gradient, new Float32Array(2), CONTEXT)).toThrow(UsageError)
  })
})

describe('elements', () => {
  test('U-Clip (R12): what was cut off comes back', () => {
    const clipper = createClipper(createClip({ name: 'u-clip' }), PAIR)
    const out = [
      [3, 0.2],
      [-0.5, 0.1],
      [0, 0],
    ].map((g) => {
      const gradient = Float32Array.from(g)
      clipper.apply(gradient, new Float32Array(2), CONTEXT)
      const [{ residual }] = clipper.save() as never as [{ residual: { a: number[] } }]
      return { u: [...gradient], residual: residual.a }
    })
    expect(out.flatMap(({ u }) => u)).toBeAllClose([1, 0.2, 1, 0.1, 0.5, 0], 1e-6)
    expect(out.flatMap(({ residual }) => residual)).toBeAllClose([2, 0, 0.5, 0, 0, 0], 1e-6, 1e-7)
  })

  test('rescale: elements above τ keep their proportions', () => {
    expect(applied({ name: 'value', shape: 'rescale' }, [4, -2]).values).toEqual([1, -0.5])
    expect(applied({ name: 'value', shape: 'rescale' }, [4, 0.5]).values).toEqual([1, 0.5])
  })

  test('the slow average of the largest magnitude: the first is its own limit, a spike is cut to it', () => {
    const clipper = createClipper(createClip({ name: 'ema-max', decay: 0.5 }), PAIR)
    const tau = (g: number[]) => {
      const gradient = Float32Array.from(g)
      return [clipper.apply(gradient, new Float32Array(2), CONTEXT).groups[0]!.tau, ...gradient]
    }
    expect(tau([1, 0.5])).toBeAllClose([1, 1, 0.5], 1e-7)
    expect(tau([4, 2])).toBeAllClose([3, 3, 2], 1e-7) // m = .5·.5 + .5·4 = 2.25, over 1 − .25
  })
})

describe('plans', () => {
  const both = parsePlan('agc:only=actor/*+global-norm:tau=1e+0,only=critic/*') as ClipConfig[]

  test('are read from a command line, described and written back', () => {
    expect(both).toEqual([
      { name: 'agc', only: 'actor/*' },
      { name: 'global-norm', tau: 1, only: 'critic/*' },
    ])
    const plan = createPlan(both)
    expect(describeClip(plan)).toBe('agc per unit, only actor/*, except @heads + global-norm per model, only critic/*')
    expect(planConfig(createPlan(JSON.parse(JSON.stringify(planConfig(plan)))))).toEqual(planConfig(plan))
    expect(() => createPlan([])).toThrow('the list is empty')
  })

  test('each clip works on its own parameters; the report is of the whole', () => {
    const clipper = createClipper(
      createPlan([
        { name: 'value', tau: 0.5, only: ['actor/*'] },
        { name: 'norm', tau: 9, only: '@heads' },
      ]),
      NET,
    )
    const gradient = new Float32Array(NET.size).fill(1)
    const report = clipper.apply(gradient, gradient, CONTEXT)
    expect([...gradient]).toEqual([...new Array(10).fill(0.5), ...new Array(6).fill(1)])
    expect([report.normBefore, report.normAfter]).toBeAllClose([4, Math.sqrt(10 * 0.25 + 6)], 1e-9)
    expect(report.groups.map(({ name }) => name)).toEqual(['value: model', 'norm: actor/out/kernel', 'norm: critic/out/kernel'])
    expect(report.groups[1]).toMatchObject({ normBefore: 1, clipped: false }) // already cut by the first
    clipper.load(JSON.parse(JSON.stringify(clipper.save())))
    expect(() => createClipper(createPlan({ name: 'value' }), NET).load(clipper.save())).toThrow('expected 1 clips, got 2')
  })

  test('the tightest of two limits in a row is the one that holds', () => {
    const plan = createPlan(parsePlan('global-norm:tau=3+global-norm:tau=2'))
    const gradient = Float32Array.of(3, 4)
    expect(createClipper(plan, PAIR).apply(gradient, gradient, CONTEXT).normAfter).toBeCloseTo(2, 6)
  })

  test.each<[Partial<Record<'only' | 'except', string>>, string[]]>([
    [{ only: '*bias' }, ['actor/h/bias']],
    [{ only: '@biases' }, ['actor/h/bias', 'critic/out/kernel']],
    [{ only: '@kernels', except: '@heads|critic/*' }, ['actor/h/kernel']],
    [{ only: '@heads' }, ['actor/out/kernel', 'critic/out/kernel']],
    [{ only: 'actor/h/kernel' }, ['actor/h/kernel']],
  ])('%j selects', (words, names) => {
    const clipper = createClipper(createClip({ name: 'norm', ...words }), NET)
    const gradient = new Float32Array(NET.size).fill(1)
    expect(clipper.apply(gradient, gradient, CONTEXT).groups.map(({ name }) => name)).toEqual(names)
  })

  test('a pattern that names nothing is refused, with a near name', () => {
    expect(() => checkPatterns(createPlan({ name: 'norm', only: 'actor/h/kernal' }), NET)).toThrow('Did you mean')
    expect(() => createClipper(createClip({ name: 'norm', only: '@head' }), NET)).toThrow('unknown kind of parameters "@head"')
    expect(() => createClip({ name: 'norm', only: 3 })).toThrow('only must be a list of parameter names')
  })

  test.each([
    [{ name: 'global-norm', shape: 'rescale' }, 'rescale is for of=element'],
    [{ name: 'value', like: 'torch' }, 'like=torch is for a hard clip of a norm'],
    [{ name: 'alrc', stage: 'update' }, 'stage must be gradient'],
    [{ name: 'alrc', of: 'element' }, 'of must not be element'],
    [{ name: 'u-clip', stage: 'update' }, 'errorFeedback is for stage gradient'],
    [{ name: 'u-clip', errorFeedback: 'yes' }, 'errorFeedback must be one of true, false'],
    [{ name: 'alrc', meanSquare: 600 }, 'meanSquare must be at least mean² = 625'],
  ])('%j is refused', (config, said) => {
    expect(() => createClip(config)).toThrow(said)
  })
})
