/**
 * Mean plus k standard deviations: τ = max(μ + kσ, floor). Three rules share the name and differ in what μ and σ are taken over:
 *
 *   element    the signed elements of the gradient at hand; bounds each element. The literal reading. μ is near 0 as a rule, so τ ≈ kσ;
 *              where μ < −kσ the sum is negative, and the floor takes its place.
 *   magnitude  their magnitudes |g|; bounds each element. The safe reading: never below 0 for k ≥ 0.
 *   history    the norms of the last `window` gradients, this one not among them; bounds the norm. The usual adaptive clip. No limit before
 *              there are two. Raw norms are remembered: fed with clipped ones τ would shrink by itself.
 *
 * The first two trim outlying elements of every gradient and are no protection against one that is large as a whole; the third is.
 * Source: none gives all three; of the third kind are AutoClip's and ZClip's relatives (arXiv:2007.14469, arXiv:2504.02507).
 */
import { type Options, type OptionTable, readOptions } from './options.js'
import type { ClipRule, GradientStats } from './rule.js'

export const MEAN_STD = {
  k: { kind: 'number', default: 2.5, help: 'standard deviations above the mean' },
  over: {
    kind: 'choice',
    values: ['element', 'magnitude', 'history'],
    default: 'element',
    help: 'what mean and deviation are taken over: signed elements, their magnitudes, or the norms of earlier gradients',
  },
  floor: { kind: 'number', above: 0, default: 1e-6, help: 'τ is never below this' },
  window: { kind: 'number', whole: true, atLeast: 2, default: 200, help: 'history: norms remembered' },
  ddof: { kind: 'number', whole: true, atLeast: 0, atMost: 1, default: 0, help: 'history: σ divides by n − ddof' },
} as const satisfies OptionTable

export type MeanStdOptions = Partial<Omit<Options<typeof MEAN_STD>, 'k'>>

/** The last norms in order of arrival; empty for the other two kinds. */
type MeanStdState = readonly number[]

/** @param k standard deviations above the mean; below 0 it often meets the floor @throws RangeError when an option is out of range */
export function meanStd(k: number = MEAN_STD.k.default, options: MeanStdOptions = {}): ClipRule<MeanStdState> {
  const o = readOptions('mean-std', MEAN_STD, { k, ...options })
  const { over, floor, window, ddof } = o
  const named = { name: `mean-std(${k}, ${over})`, config: { name: 'mean-std', ...o }, init: (): MeanStdState => [] }
  if (over === 'history') {
    return {
      ...named,
      needs: [],
      dependsOn: 'past',
      threshold: (norms) => (norms.length < 2 ? Number.POSITIVE_INFINITY : Math.max(mean(norms) + k * deviation(norms, ddof), floor)),
      observe: (norms, { norm }) => [...(norms.length < window ? norms : norms.slice(1)), norm],
    }
  }
  const limit = over === 'element' ? ofElements : ofMagnitudes
  return {
    ...named,
    bounds: 'element',
    needs: over === 'element' ? ['mean', 'std'] : ['mean', 'std', 'meanAbs'],
    threshold: (_, stats) => Math.max(limit(stats, k), floor),
    observe: (norms) => norms,
  }
}

const ofElements = (stats: GradientStats, k: number): number => stats.mean + k * stats.std

/** σ² of |g| is E[g²] − E[|g|]², and E[g²] is the same for signed elements. Rounding may leave a little below 0. */
const ofMagnitudes = ({ mean, std, meanAbs }: GradientStats, k: number): number =>
  meanAbs + k * Math.sqrt(Math.max(std * std + mean * mean - meanAbs * meanAbs, 0))

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

function deviation(values: readonly number[], ddof: number): number {
  const centre = mean(values)
  return Math.sqrt(values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - ddof))
}
