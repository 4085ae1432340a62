/**
 * Counts of numbers on a logarithmic scale, as TensorBoard's HistogramProto wants them: limits 10 % apart from 1e-12 on, mirrored below 0.
 * Norms of gradients spread over many powers of ten; equal widths would put all but the largest into one bucket.
 */

export interface Histogram {
  readonly min: number
  readonly max: number
  readonly count: number
  readonly sum: number
  readonly sumOfSquares: number
  /** Upper limits, ascending; a bucket holds what is below its limit and not below the one before. */
  readonly limits: readonly number[]
  /** How many numbers each holds. */
  readonly counts: readonly number[]
}

const SMALLEST = 1e-12
const GROWTH = 1.1
const BUCKETS = 775 // per sign: the last limit is above 1e20

const POSITIVE = Array.from({ length: BUCKETS }, (_, i) => SMALLEST * GROWTH ** i)
const LIMITS = Float64Array.from([...POSITIVE.toReversed().map((limit) => -limit), ...POSITIVE, Number.MAX_VALUE])

/** Numbers that are not finite are left out; null when none is left. */
export function histogram(values: Iterable<number>): Histogram | null {
  const counts = new Float64Array(LIMITS.length)
  let [count, sum, sumOfSquares] = [0, 0, 0]
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  let [first, last] = [LIMITS.length, -1]
  for (const value of values) {
    if (!Number.isFinite(value)) continue
    const at = bucketOf(value)
    counts[at]!++
    count++
    sum += value
    sumOfSquares += value * value
    min = Math.min(min, value)
    max = Math.max(max, value)
    first = Math.min(first, at)
    last = Math.max(last, at)
  }
  if (count === 0) return null
  first = Math.max(0, first - 1) // an empty one before the first says where that begins
  return {
    min,
    max,
    count,
    sum,
    sumOfSquares,
    limits: [...LIMITS.subarray(first, last + 1)],
    counts: [...counts.subarray(first, last + 1)],
  }
}

/** Index of the first limit above `value`. */
function bucketOf(value: number): number {
  let low = 0
  let high = LIMITS.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if (value < LIMITS[middle]!) high = middle
    else low = middle + 1
  }
  return low
}
