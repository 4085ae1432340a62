/**
 * Tests for two unpaired lists of runs, for comparing with results made elsewhere on other seeds. Our own runs share seeds: use paired.ts.
 * Equal to scipy's ttest_ind(equal_var=False) and mannwhitneyu(method='asymptotic').
 */
import { mannWhitneyU } from './improvement.js'
import { mean, variance } from './moments.js'
import { normalTwoSided, studentTwoSided } from './tails.js'

export interface WelchResult {
  readonly t: number
  /** Degrees of freedom by Welch & Satterthwaite; rarely whole. */
  readonly df: number
  /** Two-sided. */
  readonly p: number
}

/**
 * Welch's t-test: (x̄ − ȳ) / √(s²ₓ/nₓ + s²ᵧ/nᵧ), variances not taken as equal (Welch 1947).
 * @throws RangeError with fewer than two values on a side; p is NaN when neither side varies
 */
export function welchTest(x: ArrayLike<number>, y: ArrayLike<number>): WelchResult {
  if (x.length < 2 || y.length < 2)
    throw new RangeError(`Welch's test needs at least two values on each side, got ${x.length} and ${y.length}`)
  const ofX = variance(x) / x.length
  const ofY = variance(y) / y.length
  const t = (mean(x) - mean(y)) / Math.sqrt(ofX + ofY)
  const df = (ofX + ofY) ** 2 / (ofX ** 2 / (x.length - 1) + ofY ** 2 / (y.length - 1))
  return { t, df, p: studentTwoSided(t, df) }
}

export interface MannWhitneyResult {
  /** Pairs (x, y) with x > y, ties as half. */
  readonly u: number
  /** Two-sided, by the normal approximation with continuity and tie corrections: rough below about eight values a side. */
  readonly p: number
}

/** Mann-Whitney U test (Mann & Whitney 1947). p is 1 when all values are equal. */
export function mannWhitneyTest(x: ArrayLike<number>, y: ArrayLike<number>): MannWhitneyResult {
  const u = mannWhitneyU(x, y)
  const pairs = x.length * y.length
  const n = x.length + y.length
  const spread = Math.sqrt((pairs / 12) * (n + 1 - tieTerm([...Array.from(x), ...Array.from(y)]) / (n * (n - 1))))
  const distance = Math.max(u, pairs - u) - pairs / 2 - 0.5
  return { u, p: spread === 0 ? 1 : Math.min(1, normalTwoSided(Math.max(0, distance) / spread)) }
}

/** Σ (t³ − t) over groups of t equal values. */
function tieTerm(values: readonly number[]): number {
  const counts = new Map<number, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  let sum = 0
  for (const t of counts.values()) sum += t ** 3 - t
  return sum
}
