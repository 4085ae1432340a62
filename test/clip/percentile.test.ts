import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { percentile } from '../../src/clip/percentile.js'
import { at, below, count, inserted, removed, type SortedRuns } from '../../src/clip/sorted-runs.js'
import { clipRuleSuite, thresholds } from '../suites/clip-rule.js'
import { fixture } from '../support/fixtures.js'

clipRuleSuite('percentile', () => percentile(50, { window: 20 }), { scaleEquivariant: true })
clipRuleSuite('percentile of all norms', () => percentile(10, { window: null }), { scaleEquivariant: true })
clipRuleSuite('percentile of earlier norms', () => percentile(90, { window: 5, counts: 'previous', max: 3 }))
clipRuleSuite('percentile of one norm', () => percentile(90, { window: 1 }))

const { streams, stream_inputs: inputs } = fixture('clip')
const rows = (stream: string) => streams.filter((s: { stream: string }) => s.stream === stream)

describe('percentile', () => {
  test('is AutoClip when it keeps everything (reference case R5)', () => {
    expect(thresholds(percentile(10, { window: null }), [4, 2, 8, 6, 100])).toBeAllClose([4, 2.2, 2.4, 2.6, 2.8])
    expect(thresholds(percentile(90, { window: null }), [4, 2, 8, 6, 100])).toBeAllClose([4, 3.8, 7.2, 7.4, 63.2])
  })

  test('follows AutoClip over a long stream', () => {
    for (const { args, rows: expected } of rows('autoclip')) {
      const taus = thresholds(percentile(args.percentile, { window: null }), inputs.norms)
      expect(taus).toBeAllClose(
        expected.map(([tau]: number[]) => tau),
        1e-9,
      )
    }
  })

  test('follows the windowed forms, with and without the current norm', () => {
    for (const { args, rows: expected } of rows('windowed_percentile')) {
      const counts = args.mode === 'include_current' ? 'current' : 'previous'
      const taus = thresholds(percentile(args.percentile, { window: args.window, counts, max: args.max_norm ?? null }), inputs.norms)
      const want = expected.map(([tau]: (number | null)[]) => tau ?? args.max_norm ?? Infinity)
      expect(taus).toBeAllClose(want, 1e-9)
    }
  })

  test('forgets norms older than its window', () => {
    expect(thresholds(percentile(100, { window: 3 }), [9, 1, 1, 1])).toEqual([9, 9, 9, 1])
  })

  test('is what sorting would give', () => {
    const norms = fc.array(fc.constantFrom(0, 0.5, 1, 1, 2, 3.25, 7), { minLength: 1, maxLength: 60 })
    fc.assert(
      fc.property(norms, fc.integer({ min: 1, max: 12 }), fc.constantFrom(1, 37, 50, 100), (stream, window, p) => {
        const want = stream.map((_, i) => bySorting(stream.slice(Math.max(0, i + 1 - window), i + 1), p))
        expect(thresholds(percentile(p, { window }), stream)).toBeAllClose(want, 1e-12)
      }),
    )
  })

  test('zeros never pull τ to 0, where it would hold for good', () => {
    expect(thresholds(percentile(10, { window: null }), [0, 0, 4])).toEqual([Infinity, Infinity, 4])
    expect(thresholds(percentile(50), [0, 0, 0, 0, 2, 3])).toBeAllClose([Infinity, Infinity, Infinity, Infinity, 2, 2.5])
  })

  test.each([0, -5, 101, NaN])('refuses p = %s and says what is allowed', (p) => {
    expect(() => percentile(p)).toThrow(`percentile: p must be above 0 and at most 100, got ${p}`)
  })

  test('refuses a window that is not a whole number of norms', () => {
    expect(() => percentile(50, { window: 1.5 })).toThrow('percentile: window must be a whole number, got 1.5')
    expect(() => percentile(50, { window: 0 })).toThrow('percentile: window must be at least 1, got 0')
  })
})

describe('sorted runs', () => {
  test('hold what a sorted array holds, also when they have to be cut', () => {
    let runs: SortedRuns = []
    let plain: number[] = []
    for (let i = 0; i < 1500; i++) {
      const value = (i * 7919) % 1009
      runs = inserted(runs, value)
      plain = [...plain, value].sort((a, b) => a - b)
      if (i % 3 === 2) {
        const gone = plain[(i * 31) % plain.length]!
        runs = removed(runs, gone)
        plain.splice(plain.indexOf(gone), 1)
      }
    }
    expect(runs.length).toBeGreaterThan(3)
    expect(runs.flat()).toEqual(plain)
    expect(count(runs)).toBe(plain.length)
    expect([0, 1, 499, plain.length - 1].map((rank) => at(runs, rank))).toEqual([0, 1, 499, plain.length - 1].map((rank) => plain[rank]))
    for (const value of [-1, 0, 500, 500.5, 2000]) expect(below(runs, value)).toBe(plain.filter((x) => x < value).length)
  })
})

/** NumPy's percentile of the positive values where that of all is 0. */
function bySorting(values: readonly number[], p: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  const rank = (p / 100) * (sorted.length - 1)
  const low = sorted[Math.floor(rank)]!
  const value = low + (rank % 1) * ((sorted[Math.floor(rank) + 1] ?? low) - low)
  if (value > 0) return value
  const positive = sorted.filter((x) => x > 0)
  return positive.length === 0 ? Infinity : bySorting(positive, p)
}
