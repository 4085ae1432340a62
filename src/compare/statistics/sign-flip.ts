/**
 * Sign-flip test: could these paired differences have come from rules that do not differ?
 *
 * If they do not, each difference might as well have had the other sign. p is the share of all 2ⁿ sign patterns whose sum is at least as
 * far from 0 as the one observed: exact, with no assumption about the distribution beyond symmetry. Source: Fisher 1935, §21.
 * With n pairs p cannot fall below 2 / 2ⁿ: five pairs can never reach 0.05.
 */
import { positiveInteger } from '../../core/checks.js'
import type { RandomStream } from '../../core/random.js'

export interface SignFlipResult {
  /** Two-sided p-value, in (0, 1]. */
  readonly p: number
  /** `exact`: every sign pattern was counted. `sampled`: a random part of them. */
  readonly method: 'exact' | 'sampled'
}

export interface SignFlipOptions {
  /** Up to this many pairs every pattern is counted. Default 20 (half a million sums: 10 ms). */
  readonly exactUpTo?: number
  /** Patterns drawn above that. Default 100,000. */
  readonly samples?: number
}

/** Below this share of Σ|dᵢ| two sums count as equal: the order of additions must not decide a tie. */
const TIE = 1e-12

/**
 * @param differences one per pair, finite
 * @param random used only for more than `exactUpTo` pairs
 * @throws RangeError for no differences
 */
export function signFlipTest(differences: readonly number[], random: RandomStream, options: SignFlipOptions = {}): SignFlipResult {
  if (differences.length === 0) throw new RangeError('sign-flip test needs at least one difference, got none')
  const samples = positiveInteger('sign-flip test: samples', options.samples ?? 100_000)
  const scale = differences.reduce((sum, d) => sum + Math.abs(d), 0)
  const bound = Math.abs(differences.reduce((sum, d) => sum + d, 0)) - TIE * scale
  if (differences.length <= (options.exactUpTo ?? 20)) {
    // The first sign stays: the other half of the patterns mirrors this one.
    return { p: countPatterns(differences, 1, differences[0]!, bound) / 2 ** (differences.length - 1), method: 'exact' }
  }
  let extreme = 0
  for (let s = 0; s < samples; s++) if (Math.abs(flippedSum(differences, random)) >= bound) extreme++
  return { p: (extreme + 1) / (samples + 1), method: 'sampled' } // the observed pattern is one of them: p is never 0
}

/** The smallest p that `pairs` differences can reach. */
export const smallestSignFlipP = (pairs: number): number => 2 ** (1 - pairs)

/** Over all signs of the differences from `from` on: how many totals lie at or beyond ±bound. */
function countPatterns(differences: readonly number[], from: number, sum: number, bound: number): number {
  if (from === differences.length) return Math.abs(sum) >= bound ? 1 : 0
  const d = differences[from]!
  return countPatterns(differences, from + 1, sum + d, bound) + countPatterns(differences, from + 1, sum - d, bound)
}

function flippedSum(differences: readonly number[], random: RandomStream): number {
  let sum = 0
  for (const d of differences) sum += random.next() < 0.5 ? d : -d
  return sum
}
