/** Summaries of one list of numbers. Every function throws RangeError on an empty list and leaves its argument as it was. */
import { within } from '../../core/checks.js'

/** Σ xᵢ / n */
export function mean(values: ArrayLike<number>): number {
  const n = someValues('mean', values)
  let sum = 0
  for (let i = 0; i < n; i++) sum += values[i]!
  return sum / n
}

/** √(Σ (xᵢ − x̄)² / (n − 1)): the sample standard deviation (ddof 1). NaN for a single value. */
export function standardDeviation(values: ArrayLike<number>): number {
  return Math.sqrt(variance(values))
}

/** Σ (xᵢ − x̄)² / (n − 1), in two passes. NaN for a single value. */
export function variance(values: ArrayLike<number>): number {
  const n = someValues('variance', values)
  const centre = mean(values)
  let sum = 0
  for (let i = 0; i < n; i++) sum += (values[i]! - centre) ** 2
  return n === 1 ? Number.NaN : sum / (n - 1)
}

/** The middle value, or the mean of the two middle ones. */
export const median = (values: ArrayLike<number>): number => quantile(values, 0.5)

/**
 * The `q`-quantile, linear between the two nearest ranks: NumPy's default.
 * @param q share of the values below, 0 … 1
 */
export function quantile(values: ArrayLike<number>, q: number): number {
  return quantileOfSorted(sorted(values), q)
}

/** As `quantile`, for values that are already in ascending order. */
export function quantileOfSorted(ascending: ArrayLike<number>, q: number): number {
  const n = someValues('quantile', ascending)
  const rank = within('quantile: q', q, { atLeast: 0, atMost: 1 }) * (n - 1)
  const below = Math.floor(rank)
  const low = ascending[below]!
  const high = ascending[Math.min(below + 1, n - 1)]!
  return low === high ? low : low + (rank - below) * (high - low)
}

/**
 * Mean of what is left after ⌊cut·n⌋ values are dropped at each end; no value counts in part (scipy.stats.trim_mean).
 * @param cut share dropped at each end, at least 0 and below 0.5
 */
export function trimmedMean(values: ArrayLike<number>, cut: number): number {
  const n = someValues('trimmed mean', values)
  const dropped = Math.floor(within('trimmed mean: cut', cut, { atLeast: 0, below: 0.5 }) * n)
  const ascending = sorted(values)
  let sum = 0
  for (let i = dropped; i < n - dropped; i++) sum += ascending[i]!
  return sum / (n - 2 * dropped)
}

/**
 * Interquartile mean: the mean of the middle half (Agarwal et al. 2021, arXiv:2108.13264). Two outliers among ten seeds do not move it,
 * and it varies less over seeds than the median. With three values or fewer nothing is dropped and it is the plain mean.
 */
export const interquartileMean = (values: ArrayLike<number>): number => trimmedMean(values, 0.25)

function sorted(values: ArrayLike<number>): Float64Array {
  return new Float64Array(values).sort()
}

function someValues(where: string, { length }: ArrayLike<number>): number {
  if (length === 0) throw new RangeError(`${where} needs at least one value, got none`)
  return length
}
