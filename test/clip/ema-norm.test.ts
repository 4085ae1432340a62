import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Clip, clipOf } from '../../src/clip/clip.js'
import { emaNorm } from '../../src/clip/ema-norm.js'
import { fixed } from '../../src/clip/fixed.js'
import { createClip } from '../../src/clip/registry.js'
import { createClipper } from '../../src/optim/clipper.js'
import { layout } from '../../src/optim/layout.js'
import { clipRuleSuite, stateAfter, statsOf, thresholds } from '../suites/clip-rule.js'
import { fixture } from '../support/fixtures.js'

clipRuleSuite('ema-norm', () => emaNorm({ warmup: 3 }), { scaleEquivariant: (s) => emaNorm({ warmup: 3, absolute: s }) })
clipRuleSuite('ema-norm without an absolute limit', () => emaNorm({ warmup: 3, absolute: null }), { scaleEquivariant: true })
clipRuleSuite('ema-norm that only falls', () => emaNorm({ warmup: 1, lambda: 0.5 }))

describe('ema-norm (reference case R7): γ 2, then a norm of 5', () => {
  test.each([
    [{}, 0.42, 2.002],
    [{ lambda: 1.04, beta: 0.99 }, 0.416, 2.0008],
  ])('%j', (numbers, factor, gamma) => {
    const rule = emaNorm({ ...numbers, warmup: 1, absolute: null })
    expect(thresholds(rule, [2, 5])[1]! / 5).toBeCloseTo(factor, 12)
    expect(stateAfter(rule, [2, 5]).gamma).toBeCloseTo(gamma, 12)
  })

  test('the presets have the numbers of the paper and of Paddle', () => {
    expect(createClip({ name: 'adagc' }).rule.config).toMatchObject({ lambda: 1.05, beta: 0.98, warmup: 100, absolute: 1 })
    expect(createClip({ name: 'adagc-paddle' }).rule.config).toMatchObject({ lambda: 1.04, beta: 0.99, warmup: 100 })
  })
})

const { streams, stream_inputs: inputs } = fixture('clip')

/** The norms of the fixture's tensors at step t = 1, 2, …, by its formula. */
function tensorNorms(t: number): number[] {
  const { shapes, AMP, PHASE } = inputs.tensors
  return shapes.map((shape: number[], k: number) => {
    const size = shape.reduce((n, d) => n * d, 1)
    const spike = t === 37 ? 25 : t === 45 && k === 1 ? 8 : 1
    const element = (i: number): number =>
      spike * AMP * (Math.sin(0.7 * (i + 1) + 1.3 * (k + 1) + 0.37 * t + PHASE) + 0.2 * Math.cos(0.11 * t * (i + 1)))
    return Math.hypot(...Array.from({ length: size }, (_, i) => element(i)))
  })
}

test.each(
  streams.filter((s: { stream: string }) => s.stream === 'adagc') as {
    args: { lambda_rel: number; beta: number; lambda_abs: number; warmup_steps: number }
    rows: number[][]
  }[],
)('follows AdaGC over three tensors, with its limit on the whole gradient before it: $args', ({ args, rows }) => {
  const { lambda_rel: lambda, beta, lambda_abs: absolute } = args
  const warmup = args.warmup_steps - 1 // the reference counts steps from 1 and has t < warmup_steps
  const rule = emaNorm({ lambda, beta, warmup, absolute: null })
  const before = rows.map((_, t) => {
    const norms = tensorNorms(t + 1)
    const whole = t < warmup ? Math.min(1, absolute / (Math.hypot(...norms) + 1e-8)) : 1
    return norms.map((norm) => whole * norm)
  })
  for (const k of [0, 1, 2]) {
    const stream = before.map((norms) => norms[k]!)
    const gammas = stream.map((_, t) => stateAfter(rule, stream.slice(0, t + 1)).gamma)
    expect(gammas).toBeAllClose(
      rows.map((row) => row[3 + k]!),
      1e-7,
    )
    const factors = thresholds(rule, stream).map((tau, t) => Math.min(1, tau / stream[t]!))
    expect(factors.slice(warmup)).toBeAllClose(
      rows.slice(warmup).map((row) => row[k]!),
      1e-7,
    )
  }
})

test('in the warm-up the clipper limits the whole gradient, not each tensor, without a plan of two clips', () => {
  const table = layout([3, 4].map((size, k) => ({ name: `w${k}`, shape: [size], network: 'n', layer: `l${k}` })))
  const cut = (clip: Clip, gradient: readonly number[]): number[] => {
    const x = Float64Array.from(gradient)
    createClipper(clip, table).apply(x, new Float64Array(table.size), { step: 0, learningRate: 1 })
    return [...x]
  }
  const adagc = createClip({ name: 'adagc' })
  fc.assert(
    fc.property(fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 7, maxLength: 7 }), (gradient) => {
      for (const shape of ['hard', 'soft'] as const)
        expect(cut({ ...adagc, shape }, gradient)).toBeAllClose(cut(clipOf(fixed(1), { shape }), gradient), 1e-12, 1e-100)
    }),
  )
  expect(Math.hypot(...cut(adagc, [1, 0, 0, 1, 0, 0, 0]))).toBeCloseTo(1, 12) // either tensor alone is at the limit
})

test('the absolute limit holds in the warm-up, and the least norm of it is where γ begins', () => {
  const rule = emaNorm({ warmup: 3, absolute: 2, lambda: 1.5 })
  expect(thresholds(rule, [5, 1, 3, 9])).toEqual([2, 2, 2, 1.5])
})

test('norms of 0 are passed over: they would freeze the tensor for good', () => {
  const rule = emaNorm({ warmup: 2, absolute: null })
  expect(thresholds(rule, [0, 0, 0, 3, 3])).toBeAllClose([Infinity, Infinity, Infinity, Infinity, 3.15])
  expect(stateAfter(rule, [2, 2, 0, 0]).gamma).toBe(2)
})

test('γ is fed with what a hard clip leaves, whatever the shape does', () => {
  const rule = emaNorm({ warmup: 1, absolute: null })
  const [state, stats] = [rule.observe(rule.init(), statsOf([2]), { tau: Infinity, norm: 2 }), statsOf([1])]
  expect(rule.observe(state, stats, { tau: 2.1, norm: 0.68 })).toEqual(rule.observe(state, stats, { tau: 2.1, norm: 1 }))
})

test.each([
  [{ lambda: 0 }, 'ema-norm: lambda must be above 0, got 0'],
  [{ beta: 1 }, 'ema-norm: beta must be at least 0 and below 1, got 1'],
  [{ warmup: 0 }, 'ema-norm: warmup must be at least 1, got 0'],
  [{ absolute: -1 }, 'ema-norm: absolute must be above 0, got -1'],
])('refuses %j', (options, said) => {
  expect(() => emaNorm(options)).toThrow(said)
})
