import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { EMPTY_SERIES, firstOf, isEmpty, lastOf, points, push, type Series, smoothed } from '../../src/dashboard/series.js'
import { sparkline } from '../../src/dashboard/sparkline.js'

const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 300 })
const filled = (all: readonly number[], capacity = 16): Series =>
  all.reduce((series, value, i) => push(series, i, value, capacity), EMPTY_SERIES)

describe('a series', () => {
  test('never holds more points than its capacity, and never loses a value', () => {
    fc.assert(
      fc.property(values, (all) => {
        const series = filled(all)
        const kept = points(series)
        expect(kept.length).toBeLessThanOrEqual(16)
        expect(kept.reduce((sum, point) => sum + point.count, 0)).toBe(all.length)
        expect(Math.min(...kept.map(({ low }) => low))).toBe(Math.min(...all))
        expect(Math.max(...kept.map(({ high }) => high))).toBe(Math.max(...all))
        const mean = kept.reduce((sum, point) => sum + point.mean * (point.count / all.length), 0)
        expect([mean]).toBeAllClose([all.reduce((sum, value) => sum + value / all.length, 0)], 1e-9, 1e-6)
        expect(lastOf(series)).toBe(all.at(-1))
        expect(kept.at(-1)?.x).toBe(all.length - 1) // the whole run stays in sight
      }),
    )
  })

  test('is a value: what is pushed to a later or another series does not show in it', () => {
    fc.assert(
      fc.property(values, values, values, (begin, one, other) => {
        const start = filled(begin)
        const before = JSON.stringify(points(start))
        const first = one.reduce((series, value) => push(series, 999, value, 16), start)
        const snapshot = JSON.stringify(points(first))
        const second = other.reduce((series, value) => push(series, 999, value, 16), start)
        expect(JSON.stringify(points(start))).toBe(before)
        expect(JSON.stringify(points(first))).toBe(snapshot)
        expect(points(second).reduce((sum, point) => sum + point.count, 0)).toBe(begin.length + other.length)
        expect(isEmpty(EMPTY_SERIES) && points(EMPTY_SERIES).length === 0).toBe(true)
      }),
    )
  })

  test('leaves out what is not finite', () => {
    expect(points(filled([1, Number.NaN, Number.POSITIVE_INFINITY, 2])).map(({ last }) => last)).toEqual([1, 2])
    expect(push(EMPTY_SERIES, Number.NaN, 1)).toBe(EMPTY_SERIES)
  })

  test('knows its first and last value', () => {
    expect(firstOf(filled([3, 4, 5]))).toBe(3)
    expect(lastOf(filled([3, 4, 5]))).toBe(5)
    expect(lastOf(EMPTY_SERIES)).toBe(null)
  })
})

describe('smoothing', () => {
  test('stays between the extremes and leaves a constant alone', () => {
    fc.assert(
      fc.property(values, fc.constantFrom(0.6, 0.9, 0.99), (all, weight) => {
        const kept = points(filled(all))
        for (const { mean } of smoothed(kept, weight)) {
          expect(mean).toBeGreaterThanOrEqual(Math.min(...all) - 1e-6)
          expect(mean).toBeLessThanOrEqual(Math.max(...all) + 1e-6)
        }
      }),
    )
    expect(smoothed(points(filled([5, 5, 5])), 0.9).map(({ mean }) => mean)).toBeAllClose([5, 5, 5], 1e-12)
  })

  test('weighs the past: 0, then 1, at 0.5', () => {
    // 0.5 · 0 + 0.5 · 1 = 0.5, divided by 1 − 0.5² = 0.75
    expect(smoothed(points(filled([0, 1])), 0.5).map(({ mean }) => mean)).toBeAllClose([0, 2 / 3], 1e-12)
  })
})

describe('a sparkline', () => {
  test('has at most as many cells as asked for, whatever the numbers', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noDefaultInfinity: true, noNaN: true })), fc.integer({ min: 0, max: 30 }), (all, width) => {
        expect(sparkline(points(filled(all, 512)), width)).toMatch(new RegExp(`^[▁▂▃▄▅▆▇█]{0,${width}}$`))
      }),
    )
  })

  test('goes from the lowest bar to the highest; a constant lies at the bottom', () => {
    expect(sparkline(points(filled([0, 1, 2, 3, 4, 5, 6, 7])), 8)).toBe('▁▂▃▄▅▆▇█')
    expect(sparkline(points(filled([0, 0, 7, 7])), 2)).toBe('▁█')
    expect(sparkline(points(filled([2, 2, 2])), 8)).toBe('▁▁▁')
  })
})
