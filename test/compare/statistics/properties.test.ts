import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bootstrapInterval } from '../../../src/compare/statistics/bootstrap.js'
import { holm } from '../../../src/compare/statistics/holm.js'
import { mannWhitneyU, probabilityOfImprovement } from '../../../src/compare/statistics/improvement.js'
import { interquartileMean, mean, median, quantile, standardDeviation, trimmedMean } from '../../../src/compare/statistics/moments.js'
import { pairedDifference } from '../../../src/compare/statistics/paired.js'
import { performanceProfile } from '../../../src/compare/statistics/profile.js'
import { signFlipTest, smallestSignFlipP } from '../../../src/compare/statistics/sign-flip.js'
import { normalTwoSided, studentTwoSided } from '../../../src/compare/statistics/tails.js'
import { mannWhitneyTest, welchTest } from '../../../src/compare/statistics/two-sample.js'
import { stream } from '../../../src/core/random.js'

const random = () => stream(3, 'test')
const number = fc.double({ min: -1e6, max: 1e6, noNaN: true })
const numbers = fc.array(number, { minLength: 1, maxLength: 40 })
const small = fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 1, maxLength: 9 })

describe('centres', () => {
  const centres = { mean, median, interquartileMean, quartile: (x: readonly number[]) => quantile(x, 0.25) }

  test.each(Object.entries(centres))('%s lies between the smallest and the largest value', (_, centre) => {
    fc.assert(
      fc.property(numbers, (x) => {
        const slack = 1e-9 * Math.max(...x.map(Math.abs))
        expect(centre(x)).toBeGreaterThanOrEqual(Math.min(...x) - slack)
        expect(centre(x)).toBeLessThanOrEqual(Math.max(...x) + slack)
      }),
    )
  })

  test.each(Object.entries(centres))('%s does not depend on the order, and moves with a shift and a scale', (_, centre) => {
    fc.assert(
      fc.property(small, (x) => {
        expect(centre(x.toReversed())).toBeCloseTo(centre(x), 12)
        expect(centre(x.map((v) => 4 * v + 7))).toBeCloseTo(4 * centre(x) + 7, 10)
      }),
    )
  })

  test('IQM ignores one outlier among four and is the plain mean of three', () => {
    expect(interquartileMean([1, 2, 3, 1e9])).toBe(2.5) // 1 and 1e9 are cut
    expect(interquartileMean([1, 2, 6])).toBe(3) // floor(0.75) = 0 are cut
  })

  test('leave their argument as it was', () => {
    const values = [3, 1, 2]
    interquartileMean(values)
    median(values)
    expect(values).toEqual([3, 1, 2])
  })

  test('standard deviation is that of a sample, and unknown for one value', () => {
    expect(standardDeviation([2, 4])).toBe(Math.SQRT2) // mean 3, squares 1 + 1, divided by 1
    expect(standardDeviation([5])).toBeNaN()
  })

  test('refuse an empty list and a cut out of range', () => {
    expect(() => mean([])).toThrow('mean needs at least one value, got none')
    expect(() => trimmedMean([1], 0.5)).toThrow('trimmed mean: cut must be at least 0 and below 0.5, got 0.5')
  })
})

describe('bootstrap', () => {
  const interval = (x: readonly number[], options = {}) =>
    bootstrapInterval([x], ([r]) => mean(r!), random(), { repetitions: 2000, ...options })

  test('holds the mean of symmetric data, and the same stream gives the same interval', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 2, maxLength: 10 }), number, (half, centre) => {
        const x = half.flatMap((d) => [centre - d, centre + d])
        const { low, high } = interval(x)
        expect(low).toBeLessThanOrEqual(centre + 1e-6)
        expect(high).toBeGreaterThanOrEqual(centre - 1e-6)
        expect(interval(x)).toEqual({ low, high })
      }),
      { numRuns: 30 },
    )
  })

  test('is about 1.96 standard errors wide for many values, and wider at a higher level', () => {
    const source = random()
    const x = Array.from({ length: 400 }, () => source.normal())
    const { low, high } = interval(x)
    expect((high - low) / (2 * 1.96 * (standardDeviation(x) / 20))).toBeCloseTo(1, 1)
    expect(interval(x, { level: 0.99 }).low).toBeLessThan(low)
  })

  test('strata are not mixed: two constant tasks leave nothing to vary', () => {
    const constant = bootstrapInterval(
      [
        [1, 1, 1],
        [9, 9],
      ],
      (tasks) => mean(tasks.map(mean)),
      random(),
      { repetitions: 100 },
    )
    expect(constant).toEqual({ low: 5, high: 5 })
  })

  test('refuses an empty stratum and a level of 1', () => {
    expect(() => bootstrapInterval([[1], []], () => 0, random())).toThrow('at least one value in every stratum')
    expect(() => interval([1], { level: 1 })).toThrow('bootstrap: level must be above 0 and below 1, got 1')
  })
})

describe('sign-flip test', () => {
  /** Every pattern written out, in whole numbers: no rounding to worry about. */
  const byHand = (d: readonly number[]) => {
    const sum = (pattern: number) => d.reduce((total, value, i) => total + (pattern & (1 << i) ? -value : value), 0)
    const patterns = Array.from({ length: 2 ** d.length }, (_, pattern) => Math.abs(sum(pattern)))
    return patterns.filter((total) => total >= Math.abs(sum(0))).length / patterns.length
  }

  test('counts every pattern', () => {
    fc.assert(
      fc.property(small, (d) => {
        expect(signFlipTest(d, random())).toEqual({ p: byHand(d), method: 'exact' })
      }),
    )
  })

  test('fractions tie as whole numbers do', () => {
    fc.assert(
      fc.property(small, (d) => {
        const tenths = d.map((v) => v / 10) // 0.1 + 0.2 is not 0.3
        expect(signFlipTest(tenths, random()).p).toBe(byHand(d))
      }),
    )
  })

  test('sampled agrees with counted', () => {
    const source = random()
    const d = Array.from({ length: 12 }, () => source.normal() + 0.5)
    const sampled = signFlipTest(d, random(), { exactUpTo: 1, samples: 20_000 })
    expect(sampled.method).toBe('sampled')
    expect(Math.abs(sampled.p - signFlipTest(d, random()).p)).toBeLessThan(0.015) // four standard errors at p = 0.5
  })

  test('all of one sign gives the smallest p there is', () => {
    expect(signFlipTest([1, 2, 3, 4, 5], random()).p).toBe(2 / 32)
    expect(smallestSignFlipP(5)).toBe(2 / 32)
    expect(signFlipTest([0, 0], random()).p).toBe(1)
  })
})

describe('Holm', () => {
  const pValues = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 })

  test('raises, keeps the order, stays in [0, 1], and never exceeds Bonferroni', () => {
    fc.assert(
      fc.property(pValues, (p) => {
        const adjusted = holm(p)
        p.forEach((value, i) => {
          expect(adjusted[i]!).toBeGreaterThanOrEqual(value)
          expect(adjusted[i]!).toBeLessThanOrEqual(Math.min(1, value * p.length))
          p.forEach((other, j) => {
            if (value < other) expect(adjusted[i]!).toBeLessThanOrEqual(adjusted[j]!)
          })
        })
      }),
    )
  })

  test('worked by hand', () => {
    expect(holm([0.01, 0.04, 0.03])).toBeAllClose([0.03, 0.06, 0.06], 1e-12) // 3·.01; 2·.03 = .06; max(.06, .04)
  })
})

describe('probability of improvement and profiles', () => {
  test('swapping sides gives the rest to one; equal lists give a half', () => {
    fc.assert(
      fc.property(small, small, (x, y) => {
        expect(mannWhitneyU(x, y) + mannWhitneyU(y, x)).toBe(x.length * y.length)
        expect(probabilityOfImprovement([x], [x])).toBe(0.5)
      }),
    )
  })

  test('a profile falls from left to right', () => {
    fc.assert(
      fc.property(numbers, fc.array(number, { minLength: 2 }), (x, grid) => {
        const shares = performanceProfile(
          [x],
          grid.toSorted((a, b) => a - b),
        )
        for (let i = 1; i < shares.length; i++) expect(shares[i]!).toBeLessThanOrEqual(shares[i - 1]!)
      }),
    )
  })
})

describe('paired difference', () => {
  test('states its pairs, and gives no interval for one', () => {
    const one = pairedDifference([2], random())
    expect(one).toEqual({ pairs: 1, mean: 2, interval: null, p: 1, smallestP: 1 })
    const five = pairedDifference([1, 2, 3, 4, 5], random(), { repetitions: 1000 })
    expect(five).toMatchObject({ pairs: 5, mean: 3, p: 2 / 32, smallestP: 2 / 32 })
    expect(five.interval!.low).toBeGreaterThan(1)
  })
})

describe('tails and two-sample tests', () => {
  test('known values', () => {
    const z = [0, 1, 1.959963984540054, 3, 6]
    expect(z.map(normalTwoSided)).toBeAllClose([1, 0.31731050786291415, 0.05, 0.00269979606326019, 1.973175290075396e-9], 1e-12)
    // One and two degrees of freedom have closed forms: 1 − (2/π)·atan t, and 1 − t/√(2 + t²)
    for (const t of [0.1, 1, 3, 40]) {
      expect([studentTwoSided(t, 1)]).toBeAllClose([1 - (2 / Math.PI) * Math.atan(t)], 1e-11)
      expect([studentTwoSided(-t, 2)]).toBeAllClose([1 - t / Math.sqrt(2 + t * t)], 1e-11)
    }
    expect([studentTwoSided(2, 1e7)]).toBeAllClose([normalTwoSided(2)], 1e-6)
  })

  test('equal lists show nothing; one value cannot be tested', () => {
    expect(welchTest([1, 2, 3], [1, 2, 3]).p).toBe(1)
    expect(mannWhitneyTest([1, 1], [1, 1]).p).toBe(1)
    expect(() => welchTest([1], [1, 2])).toThrow("Welch's test needs at least two values on each side, got 1 and 2")
  })
})
