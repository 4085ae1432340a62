/**
 * Mean and variance of a stream of rows, one of each for every number in a row, without keeping the rows.
 *
 * Source: Chan, Golub & LeVeque 1979, the merging of two samples; equal to the RunningMeanStd of Gymnasium and Stable-Baselines3, which
 * begins with mean 0, variance 1 and a weight of 1e-4 rows, so that nothing is ever divided by 0.
 * We differ: always float64. Gymnasium's statistics of float32 observations are float32.
 */
import type { Json } from '../json.js'
import { encodeNumbers } from '../numbers.js'
import { savedNumber, savedNumbers, savedObject } from '../saved.js'

const FIRST_COUNT = 1e-4 // rows

export interface RunningMoments {
  /** Numbers in a row. */
  readonly size: number
  /** [size] */
  readonly mean: Float64Array
  /** [size] of the population: the sum of squares is divided by the count. */
  readonly variance: Float64Array
  /** Rows seen so far, and a ten-thousandth. */
  readonly count: number
  /**
   * Takes in the rows of `rows` [N, size] for which `picked` [N] is 1; all of them without it. Every number must be finite: one NaN would stay
   * for ever.
   */
  update(rows: ArrayLike<number>, picked?: ArrayLike<number>): void
  save(): Json
  load(saved: Json): void
}

/** @throws RangeError unless size is a whole number of at least 1 */
export function runningMoments(size: number): RunningMoments {
  if (!Number.isSafeInteger(size) || size < 1)
    throw new RangeError(`runningMoments: size must be a whole number of at least 1, got ${size}`)
  const mean = new Float64Array(size)
  const variance = new Float64Array(size).fill(1)
  let count = FIRST_COUNT
  return {
    size,
    mean,
    variance,
    get count() {
      return count
    },
    update: (rows, picked) => {
      const total = rows.length / size
      let added = 0
      for (let n = 0; n < total; n++) if (picked === undefined || picked[n] === 1) added++
      if (added === 0) return
      for (let i = 0; i < size; i++) {
        let sum = 0
        for (let n = 0; n < total; n++) if (picked === undefined || picked[n] === 1) sum += rows[n * size + i]!
        const theirs = sum / added
        let squares = 0
        for (let n = 0; n < total; n++) if (picked === undefined || picked[n] === 1) squares += (rows[n * size + i]! - theirs) ** 2
        const gap = theirs - mean[i]!
        mean[i]! += (gap * added) / (count + added)
        variance[i] = (variance[i]! * count + squares + (gap * gap * count * added) / (count + added)) / (count + added)
      }
      count += added
    },
    save: () => ({ mean: encodeNumbers(mean), variance: encodeNumbers(variance), count }),
    load: (saved) => {
      const object = savedObject('RunningMoments.load', saved)
      const means = savedNumbers('RunningMoments.load: mean', object['mean'], size)
      const variances = savedNumbers('RunningMoments.load: variance', object['variance'], size)
      count = savedNumber('RunningMoments.load: count', object['count'])
      mean.set(means)
      variance.set(variances)
    },
  }
}
