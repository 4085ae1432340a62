import { describe, expect, test } from 'vitest'
import { type MeanStdOptions, meanStd } from '../../src/clip/mean-std.js'
import { clipRuleSuite, play, statsOf, thresholds } from '../suites/clip-rule.js'
import { fixture } from '../support/fixtures.js'

clipRuleSuite('mean-std over signed elements', () => meanStd(1, { over: 'element' }), { scaleEquivariant: true })
clipRuleSuite('mean-std over magnitudes', () => meanStd(2, { over: 'magnitude' }), { scaleEquivariant: true })
clipRuleSuite('mean-std over earlier norms', () => meanStd(2, { over: 'history', window: 5 }), { scaleEquivariant: true })
clipRuleSuite('mean-std below the mean', () => meanStd(-3, { over: 'history', window: 5 }))

const tauOf = (gradient: readonly number[], k: number, options: MeanStdOptions): number => play(meanStd(k, options), [{ gradient }])[0]!

describe('mean-std', () => {
  test('over signed elements, the literal reading, meets its floor where μ < −kσ', () => {
    expect(tauOf([-3, -1, 2, 4], 1, { over: 'element' })).toBeCloseTo(3.1925824, 7)
    expect(tauOf([-4, -3, -2, 1], 1, { over: 'element', floor: 0.01 })).toBe(0.01) // μ + σ = −0.129
    expect(tauOf([0, 0], 2, { over: 'element' })).toBe(1e-6)
  })

  test('over magnitudes stays above 0 for any k ≥ 0', () => {
    expect(tauOf([-3, -1, 2, 4], 1, { over: 'magnitude' })).toBeCloseTo(3.61803399, 7)
    expect(tauOf([-4, -3, -2, 1], 0, { over: 'magnitude' })).toBe(2.5)
    expect(tauOf([-3, -1, 2, 4], -2.5, { over: 'magnitude', floor: 0.01 })).toBe(0.01)
    expect(tauOf([0.1, -0.1, 0.1], 5, { over: 'magnitude' })).toBeCloseTo(0.1, 7) // equal magnitudes: σ = 0
  })

  test('over earlier norms (reference case R20)', () => {
    const tau = (ddof: number) => thresholds(meanStd(2, { over: 'history', ddof }), [1, 2, 3, 4, 100])[4]
    expect(tau(0)).toBeCloseTo(4.73606798, 7)
    expect(tau(1)).toBeCloseTo(5.0819889, 7)
  })

  test('over earlier norms follows a long stream', () => {
    const { streams, stream_inputs: inputs } = fixture('clip')
    for (const { stream, args, rows } of streams) {
      if (stream !== 'mean_k_sigma') continue
      const taus = thresholds(meanStd(args.k, { over: 'history', window: args.window, ddof: args.ddof }), inputs.norms)
      expect(taus).toBeAllClose(
        rows.map(([tau]: (number | null)[]) => tau ?? Infinity),
        1e-9,
      )
    }
  })

  test('a gradient is not judged by itself, and a burst is remembered as it was', () => {
    expect(thresholds(meanStd(0, { over: 'history' }), [1, 1, 100, 1])).toEqual([Infinity, Infinity, 1, 34])
  })

  test('bounds elements unless it looks at earlier norms', () => {
    expect(meanStd(1, { over: 'element' }).bounds).toBe('element')
    expect(meanStd(1, { over: 'magnitude' }).bounds).toBe('element')
    expect(meanStd(1, { over: 'history' }).bounds).toBeUndefined()
  })

  test('the deviation of magnitudes needs no pass of its own', () => {
    const g = [0.3, -0.7, 0.2, -0.1, 0.9]
    const { std } = statsOf(g.map(Math.abs))
    expect(tauOf(g, 1, { over: 'magnitude' }) - tauOf(g, 0, { over: 'magnitude' })).toBeCloseTo(std, 12)
  })

  test('refuses what it cannot mean', () => {
    expect(() => meanStd(NaN)).toThrow('mean-std: k must be a finite number, got NaN')
    expect(() => meanStd(1, { floor: 0 })).toThrow('mean-std: floor must be above 0, got 0')
    expect(() => meanStd(1, { over: 'elements' as 'element' })).toThrow(
      'mean-std: over must be one of element, magnitude, history, got "elements"',
    )
  })
})
