/** The laws of the automatic threshold, and how it does beside AutoClip and ZClip where norms drift, jump and spike. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { auto } from '../../src/clip/auto.js'
import { percentile } from '../../src/clip/percentile.js'
import type { ClipRule, GradientStats } from '../../src/clip/rule.js'
import { zscore } from '../../src/clip/zscore.js'
import { stream } from '../../src/core/random.js'
import { clipRuleSuite, stateAfter, thresholds } from '../suites/clip-rule.js'

clipRuleSuite('auto', () => auto({ warmup: 5, patience: 3 }))
clipRuleSuite('auto from norms alone', () => auto({ warmup: 5, patience: 3, maxMove: null }), { scaleEquivariant: true })
clipRuleSuite('auto as it comes', () => auto())

const SIGMA = 0.4 // spread of log norms
const LENGTH = 2000

/** Log-normal norms around `level`. */
function norms(level: (step: number) => number, seed = 1): number[] {
  const random = stream(seed, 'norms')
  return Array.from({ length: LENGTH }, (_, step) => level(step) * Math.exp(SIGMA * random.normal()))
}

const rateOf = (taus: readonly number[], stream: readonly number[], from = 0, to = stream.length): number =>
  stream.slice(from, to).filter((norm, i) => norm > taus[from + i]!).length / (to - from)

const rivals = { auto: auto(), autoclip: percentile(10, { window: null }), zclip: zscore({ max: null, leastSigma: 0 }) }

/** Share of steps clipped by each rule from one step to another. */
const rates = (stream: readonly number[], from: number, to: number) => ({
  auto: rateOf(thresholds(rivals.auto, stream), stream, from, to),
  autoclip: rateOf(thresholds(rivals.autoclip, stream), stream, from, to),
  zclip: rateOf(thresholds(rivals.zclip, stream), stream, from, to),
})

describe('on synthetic streams', () => {
  test.each([0.02, 0.05, 0.1, 0.3])('steady log-normal norms: a share of %s is clipped', (rate) => {
    const shares = [1, 2, 3, 4].map((seed) => {
      const steady = norms(() => 3, seed)
      return rateOf(thresholds(auto({ rate }), steady), steady, 100)
    })
    const mean = shares.reduce((sum, share) => sum + share / shares.length, 0)
    expect(mean).toBeGreaterThan(0.75 * rate)
    expect(mean).toBeLessThan(1.35 * rate)
  })

  test('it clips few where AutoClip as published clips nine in ten', () => {
    const {
      auto: ours,
      autoclip,
      zclip,
    } = rates(
      norms(() => 3),
      100,
      LENGTH,
    )
    expect(autoclip).toBeGreaterThan(0.85)
    expect(ours).toBeLessThan(0.1)
    expect(zclip).toBeLessThan(0.1)
  })

  test('a level ten times as high is followed within `patience` steps; ZClip clips on', () => {
    const jump = norms((step) => (step < 1000 ? 1 : 10))
    const soon = rates(jump, 1015, 1065)
    expect(soon.auto).toBeLessThan(0.2)
    expect(soon.zclip).toBeGreaterThan(0.5)
    expect(soon.autoclip).toBe(1)
    expect(rates(jump, 1500, LENGTH).zclip).toBeGreaterThan(0.9)
    const taus = thresholds(rivals.auto, jump)
    expect(taus[1005]).toBeLessThan(4) // the first of them are taken for spikes
    expect(taus[1900]! / taus[900]!).toBeGreaterThan(5)
    expect(taus[1900]! / taus[900]!).toBeLessThan(20)
  })

  test('and one a tenth as high', () => {
    const drop = norms((step) => (step < 1000 ? 1 : 0.1))
    const tau = thresholds(rivals.auto, drop)[1030]!
    expect(tau).toBeLessThan(0.5)
    expect(thresholds(rivals.autoclip, drop)[1030]).toBeGreaterThan(0.1) // still the tenth percentile of what was
  })

  test('a spike × 100 is cut to the usual tail, and lifts τ by a few per cent for a while', () => {
    const spiky = norms(() => 1).map((norm, step) => (step % 100 === 99 ? 100 : norm))
    const taus = thresholds(rivals.auto, spiky)
    const calm = thresholds(
      rivals.auto,
      norms(() => 1),
    )
    for (let step = 199; step < LENGTH - 100; step += 100) {
      expect(taus[step]).toBeLessThan(4) // e^(0.4 · 1.64) = 1.9 without spikes
      expect(Math.max(...taus.slice(step + 1, step + 4)) / taus[step]!).toBeLessThan(1.2)
    }
    const mean = (values: readonly number[]) => values.slice(200).reduce((sum, tau) => sum + tau, 0) / (LENGTH - 200)
    expect(mean(taus) / mean(calm)).toBeLessThan(1.25)
  })

  test('spikes in the warm-up do not count', () => {
    const spiky = norms(() => 1).map((norm, step) => (step === 3 || step === 20 ? 100 : norm))
    expect(thresholds(rivals.auto, spiky)[60]).toBeLessThan(3)
  })

  test('a slow decay by 10 over the stream keeps the share that is clipped', () => {
    const decay = norms((step) => 10 ** (-step / LENGTH))
    const slow = rates(decay, 500, LENGTH)
    expect(slow.auto).toBeGreaterThan(0.02)
    expect(slow.auto).toBeLessThan(0.1)
    expect(slow.autoclip).toBeLessThan(0.75) // never forgets: less and less is above its tenth percentile
  })
})

describe('it has a bound from the first step on', () => {
  const positive = fc.double({ min: 1e-3, max: 1e3, noNaN: true })
  const stats = (norm: number, paramNorm: number, size: number): GradientStats => ({
    ...{ size, norm, paramNorm },
    ...{ maxAbs: Number.NaN, mean: Number.NaN, std: Number.NaN, meanAbs: Number.NaN },
  })

  test('whatever the norms, a step of plain gradient descent moves the weights by a twentieth of theirs at most', () => {
    const rule = auto({ warmup: 5, patience: 3 })
    fc.assert(
      fc.property(
        fc.array(positive, { maxLength: 40 }),
        positive,
        positive,
        fc.integer({ min: 1, max: 1000 }),
        (seen, weights, rate, size) => {
          const tau = rule.threshold(stateAfter(rule, seen), stats(1, weights, size), { step: seen.length, learningRate: rate })
          expect(rate * tau).toBeLessThanOrEqual(0.05 * Math.max(weights, 0.1 * Math.sqrt(size)) * (1 + 1e-12))
        },
      ),
    )
  })

  test('a learning rate of 0, or one that is not known, is no reason to stop', () => {
    for (const learningRate of [0, Number.NaN])
      expect(auto().threshold(auto().init(), stats(1, 1, 1), { step: 0, learningRate })).toBe(Infinity)
  })

  test('in the warm-up τ is three times the median so far, and bounds what grows with each step', () => {
    expect(thresholds(auto({ maxMove: null }), [1, 2, 4, 8, 1e6])).toBeAllClose([Infinity, 3, 3 * Math.SQRT2, 6, 3 * Math.sqrt(8)], 1e-12)
    const norms = Array.from({ length: 50 }, (_, step) => 10 ** step)
    const taus = thresholds(auto({ maxMove: null }), norms)
    expect(norms.filter((norm, step) => norm > taus[step]!).length).toBe(49)
  })

  test('steady norms meet it seldom', () => {
    const shares = Array.from({ length: 20 }, (_, seed) => {
      const first = norms(() => 3, seed).slice(0, 50)
      return rateOf(thresholds(auto(), first), first)
    })
    expect(shares.reduce((sum, share) => sum + share / shares.length, 0)).toBeLessThan(0.05)
  })

  /**
   * Descent on a wall, f(w) = |w − 3|³: from 0 the first gradient is 27, and at this rate a step goes past the other side to where the
   * gradient is larger still.
   */
  function descent(rule: ClipRule): number {
    let w = 0
    let state = rule.init()
    for (let step = 0; step < 400 && Number.isFinite(w); step++) {
      const gradient = 3 * Math.abs(w - 3) * (w - 3)
      const norm = Math.abs(gradient)
      const context = { step, learningRate: 0.4 }
      const now = stats(norm, Math.abs(w), 1)
      const tau = rule.threshold(state, now, context)
      const kept = Math.min(norm, tau)
      state = rule.observe(state, now, { tau, norm: kept })
      w -= 0.4 * Math.sign(gradient) * kept
    }
    return Math.abs(w - 3)
  }

  test('an explosion that starts with the first step is stopped, where AutoClip, percentiles and ZClip without a cap follow it', () => {
    expect(descent(auto())).toBeLessThan(0.5)
    for (const rival of [percentile(10, { window: null }), percentile(90), zscore({ max: null })])
      expect(descent(rival)).toBeGreaterThan(1000)
  })
})

describe('the pieces by hand', () => {
  test('warm-up: median and 1.4826 times the median deviation of log norms', () => {
    const rule = auto({ warmup: 5 })
    const state = stateAfter(rule, [1, 2, 4, 8, 1e6])
    expect(state.location).toBeCloseTo(Math.log(4), 12)
    expect(state.spread).toBeCloseTo(1.4826 * Math.LN2, 12)
  })

  test('k is the normal quantile', () => {
    const state = stateAfter(auto({ warmup: 3 }), [1, 2, 4])
    for (const [rate, k] of [
      [0.05, 1.644854],
      [0.01, 2.326348],
      [0.001, 3.090232],
      [0.4, 0.253347],
    ] as const) {
      const tau = auto({ warmup: 3, rate, maxMove: null }).threshold(state, { norm: 1 } as never, { step: 3, learningRate: 1 })
      expect((Math.log(tau) - state.location) / state.spread).toBeCloseTo(k, 3)
    }
  })

  test('equal norms leave a spread of a hundredth, so that the next one passes', () => {
    const taus = thresholds(auto({ warmup: 3 }), [2, 2, 2, 2.01])
    expect(taus[3]).toBeCloseTo(2 * Math.exp(0.0164485), 4)
  })

  test('outliers on either side in turn are no new level', () => {
    const calm = Array(20).fill(1)
    const torn = Array.from({ length: 6 }, (_, i) => (i % 2 === 0 ? 1e6 : 1e-6))
    expect(stateAfter(auto({ warmup: 5, patience: 3 }), [...calm, ...torn]).location).toBeCloseTo(0, 1)
    expect(stateAfter(auto({ warmup: 5, patience: 3 }), [...calm, 1e6, 1e6, 1e6]).location).toBeCloseTo(Math.log(1e6), 9)
    expect(stateAfter(auto({ warmup: 5, patience: 3 }), [...calm, 1e6, 1e6, 1, 1e6]).location).toBeLessThan(0.1)
  })

  test('a spread that was too small grows: norms that were equal and then vary are not clipped for ever', () => {
    const random = stream(3, 'norms')
    const waking = Array.from({ length: 600 }, (_, step) => (step < 60 ? 1 : Math.exp(0.5 * random.normal())))
    expect(rateOf(thresholds(rivals.auto, waking), waking, 400)).toBeLessThan(0.12)
  })

  test('zeros say nothing', () => {
    expect(stateAfter(auto({ warmup: 3 }), [0, 1, 0, 2, 4, 0])).toEqual(stateAfter(auto({ warmup: 3 }), [1, 2, 4]))
  })

  test('says what it takes for usual', () => {
    const rule = auto({ warmup: 3 })
    expect(rule.explain!(stateAfter(rule, [1, 2]))).toBe('τ 4.243: 2 of 3 norms of the warm-up seen')
    expect(rule.explain!(stateAfter(rule, [1, 2, 4]))).toMatch(/^τ 10\.8\d: usual norm 2 × or ÷ 2\.795, level of the first 3 norms$/)
    expect(rule.explain!(stateAfter(auto({ warmup: 3, patience: 2 }), [1, 1, 1, 9, 9]))).toContain('new level after')
  })
})

test.each([
  [{ rate: 0.5 }, 'auto: rate must be above 0 and below 0.5, got 0.5'],
  [{ decay: 1 }, 'auto: decay must be at least 0.5 and below 1, got 1'],
  [{ patience: 1 }, 'auto: patience must be at least 2, got 1'],
  [{ maxMove: 0 }, 'auto: maxMove must be above 0, got 0'],
  [{ tau: 1 } as never, 'auto has no option "tau"'],
])('refuses %j', (options, said) => {
  expect(() => auto(options)).toThrow(said)
})
