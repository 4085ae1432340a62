import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { count, duration, number, percent, tick } from '../../src/dashboard/numbers.js'

const any = fc.double({ noNaN: false })

describe('numbers', () => {
  test('stay within their cells for every float64', () => {
    fc.assert(
      fc.property(any, (value) => {
        expect(number(value).length).toBeLessThanOrEqual(10) // '-1.00e-300'; eight for what a run can show
        expect(tick(value).length).toBeLessThanOrEqual(7)
        expect(duration(value).length).toBeLessThanOrEqual(8)
      }),
    )
    fc.assert(
      fc.property(fc.double({ min: -9.99e14, max: 9.99e14, noNaN: true }), (value) => {
        if (Math.abs(value) > 1e-9) expect(number(value).length).toBeLessThanOrEqual(8)
        expect(count(value).length).toBeLessThanOrEqual(6)
        if (Math.abs(value) > 1e-9) expect(tick(value).length).toBeLessThanOrEqual(6) // five, and a sign
      }),
    )
  })

  test('are right to three digits', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1e14, noNaN: true }), (value) => {
        const match = /^([\d.e+-]+)([kMGT]?)$/.exec(number(value))
        const read = Number(match?.[1]) * { '': 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12 }[(match?.[2] ?? '') as 'k']
        expect(Math.abs(read - value)).toBeLessThanOrEqual(0.0061 * value)
      }),
    )
  })

  test.each([
    [0, '0'],
    [0.00003, '3.00e-5'],
    [0.001308, '0.00131'],
    [0.0123, '0.0123'],
    [0.4125, '0.412'],
    [4.046, '4.05'],
    [12.36, '12.4'],
    [487.25, '487.3'],
    [-500, '-500.0'],
    [12345, '12.3k'],
    [999_960, '1.00M'],
    [null, '–'],
    [Number.NaN, '–'],
    [Number.POSITIVE_INFINITY, '∞'],
  ])('number(%s) = %s', (value, text) => {
    expect(number(value)).toBe(text)
  })

  test.each([
    [0, '0'],
    [0.05, '0.05'],
    [-250, '-250'],
    [12_500, '12.5k'],
    [100_000, '100k'],
    [2_000_000, '2M'],
    [1_250_000, '1.25M'],
    [1e-5, '1e-5'],
  ])('tick(%s) = %s', (value, text) => {
    expect(tick(value)).toBe(text)
  })

  test.each([
    [950, '950'],
    [9155, '9155'],
    [62_345, '62.3k'],
    [null, '–'],
  ])('count(%s) = %s', (value, text) => {
    expect(count(value)).toBe(text)
  })

  test.each([
    [0, '0 %'],
    [0.004, '0.4 %'],
    [0.123, '12 %'],
    [0.998, '99.8 %'],
    [1, '100 %'],
    [null, '–'],
  ])('percent(%s) = %s', (share, text) => {
    expect(percent(share)).toBe(text)
  })

  test.each([
    [7.4, '0:07'],
    [754, '12:34'],
    [13_320, '3:42:00'],
    [176_400, '2d 01h'],
    [-1, '–'],
  ])('duration(%s) = %s', (seconds, text) => {
    expect(duration(seconds)).toBe(text)
  })
})
