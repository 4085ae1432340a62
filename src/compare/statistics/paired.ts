/** Paired comparison: two rules on the same seeds share their luck, so only the difference per seed is judged. */
import type { RandomStream } from '../../core/random.js'
import { type BootstrapOptions, bootstrapInterval, type Interval } from './bootstrap.js'
import { mean } from './moments.js'
import { signFlipTest, smallestSignFlipP } from './sign-flip.js'

export interface PairedDifference {
  /** Number of pairs. */
  readonly pairs: number
  /** Mean of x − y over the pairs. */
  readonly mean: number
  /** Bootstrap interval of the mean difference over pairs; null with a single pair. */
  readonly interval: Interval | null
  /** Two-sided sign-flip p-value of the mean difference. */
  readonly p: number
  /** The smallest p that this number of pairs can reach. */
  readonly smallestP: number
}

/**
 * @param differences x − y, one per seed that both have
 * @throws RangeError for no pairs
 */
export function pairedDifference(differences: readonly number[], random: RandomStream, options: BootstrapOptions = {}): PairedDifference {
  const { p } = signFlipTest(differences, random)
  return {
    pairs: differences.length,
    mean: mean(differences),
    interval: differences.length > 1 ? bootstrapInterval([differences], ([resample]) => mean(resample!), random, options) : null,
    p,
    smallestP: smallestSignFlipP(differences.length),
  }
}
