import { describe, expect, test } from 'vitest'
import { zscore } from '../../src/clip/zscore.js'
import { clipRuleSuite, stateAfter, thresholds } from '../suites/clip-rule.js'
import { fixture } from '../support/fixtures.js'

const short = { warmup: 5, max: null, eps: 1e-30 } as const
clipRuleSuite('zscore', () => zscore({ ...short }), { scaleEquivariant: true })
clipRuleSuite('zscore to the mean', () => zscore({ ...short, mode: 'mean' }), { scaleEquivariant: true })
clipRuleSuite('zscore as a percentile, capped', () => zscore({ warmup: 3, mode: 'percentile' }))
clipRuleSuite('zclip as published', () => zscore({ leastSigma: 0, warmup: 3 }))

const WARMUP = [1, 1.2, 0.8, 1.1, 0.9] // μ = 1, σ² = 0.02

describe('zscore (reference case R6)', () => {
  test.each([
    ['adaptive', 1.1250009, 1.00375003, 0.01984105],
    ['mean', 1, 1, 0.0194],
    ['percentile', 1.3535534, 1.0106066, 0.02292838],
  ] as const)('%s', (mode, tau, mean, variance) => {
    const rule = zscore({ warmup: 5, max: null, mode })
    expect(thresholds(rule, [...WARMUP, 2]).at(-1)).toBeCloseTo(tau, 7)
    const after = stateAfter(rule, [...WARMUP, 2])
    expect(after.mean).toBeCloseTo(mean, 7)
    expect(after.sigma ** 2).toBeCloseTo(variance, 7)
  })

  test('a norm that does not stand out has no limit and feeds the averages as it is', () => {
    const rule = zscore({ warmup: 5, max: null })
    expect(thresholds(rule, [...WARMUP, 2, 1.05]).at(-1)).toBe(Infinity)
    const { mean, sigma } = stateAfter(rule, [...WARMUP, 2, 1.05])
    expect([mean, sigma ** 2]).toBeAllClose([1.00513753, 0.0193062], 1e-7)
  })
})

const { streams, stream_inputs: inputs } = fixture('clip')

interface ZclipStream {
  readonly args: {
    readonly alpha: number
    readonly z_thresh: number
    readonly max_grad_norm: number | null
    readonly eps: number
    readonly warmup_steps: number
    readonly mode: string
    readonly clip_option: string | null
  }
  readonly rows: readonly (readonly number[])[]
}

test.each(streams.filter((s: { stream: string }) => s.stream === 'zclip') as ZclipStream[])(
  'follows the published rule over a long stream: $args.mode $args.clip_option, at most $args.max_grad_norm',
  ({ args, rows }) => {
    const { alpha, z_thresh: zMax, max_grad_norm: max, eps, warmup_steps: warmup } = args
    const mode = args.mode === 'percentile' ? 'percentile' : args.clip_option === 'mean' ? 'mean' : 'adaptive'
    const rule = zscore({ alpha, zMax, max, eps, warmup, mode, leastSigma: 0 })
    expect(thresholds(rule, inputs.norms)).toBeAllClose(
      rows.map(([, tau]) => Math.min(tau ?? Infinity, max ?? Infinity)),
      1e-9,
    )
    const { mean, sigma } = stateAfter(rule, inputs.norms)
    expect([mean, sigma ** 2]).toBeAllClose(rows.at(-1)!.slice(3), 1e-9)
  },
)

test('equal norms in the warm-up pin the published rule to their level; a least σ frees it', () => {
  const rising = [...Array(25).fill(1), ...Array.from({ length: 200 }, () => 2)]
  const published = thresholds(zscore({ max: null, leastSigma: 0 }), rising)
  expect(published.slice(25).every((tau) => Math.abs(tau - 1) < 1e-9)).toBe(true)
  const ours = thresholds(zscore({ max: null, leastSigma: 0.05 }), rising)
  expect(ours.at(-1)).toBeGreaterThan(ours[25]! * 1.1)
})

test('the cap is in force from the first step, and its τ never reaches the averages', () => {
  const rule = zscore({ warmup: 2, max: 0.5 })
  expect(thresholds(rule, [1, 3])).toEqual([0.5, 0.5])
  expect(stateAfter(rule, [1, 3])).toEqual({ first: [], mean: 2, sigma: 1 })
  expect(stateAfter(rule, [1, 3, 2]).mean).toBe(2)
})

test('says where norms stand out', () => {
  const rule = zscore({ warmup: 5, max: null })
  expect(rule.explain!(stateAfter(rule, [1, 1]))).toBe('τ ∞: 2 of 5 norms of the warm-up seen')
  expect(rule.explain!(stateAfter(rule, WARMUP))).toBe('τ beyond μ 1 + 2.5 σ of 0.1414')
})

test.each([
  [{ zMax: 0 }, 'zscore: zMax must be above 0, got 0'],
  [{ alpha: 1 }, 'zscore: alpha must be at least 0 and below 1, got 1'],
  [{ warmup: 1 }, 'zscore: warmup must be at least 2, got 1'],
  [{ mode: 'median' as 'mean' }, 'zscore: mode must be one of adaptive, mean, percentile, got "median"'],
])('refuses %j', (options, said) => {
  expect(() => zscore(options)).toThrow(said)
})
