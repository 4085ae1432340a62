/**
 * What one choice of loss feedback does when all others are crossed: per seed, the mean of the runs with one level of a factor minus the mean
 * of those with its first level, over all combinations of the other factors. Many runs stand behind each difference, so it takes a smaller
 * effect to show than in a comparison of two rules.
 */
import type { BootstrapOptions } from '../../src/compare/statistics/bootstrap.js'
import { holm } from '../../src/compare/statistics/holm.js'
import { mean } from '../../src/compare/statistics/moments.js'
import { type PairedDifference, pairedDifference } from '../../src/compare/statistics/paired.js'
import type { ComparedMeasure, RunRow } from '../../src/compare/summary.js'
import { stream } from '../../src/core/random.js'
import { combinations } from './plan.js'

/** Options as they stand in a clip, by factor; the first level is what the others are compared with. */
export type Factors = Readonly<Record<string, readonly string[]>>

export interface Effect {
  readonly setting: string
  readonly factor: string
  readonly level: string
  readonly reference: string
  readonly measure: ComparedMeasure
  readonly paired: PairedDifference
  /** p after Holm over the effects of this setting and measure. */
  readonly adjustedP: number
}

/**
 * @param runs of one setting, clips other than the crossed ones among them or not
 * @param clipOf the clip of a combination of levels, one per factor in order
 */
export function effects(
  runs: readonly RunRow[],
  factors: Factors,
  clipOf: (levels: readonly string[]) => string,
  measure: ComparedMeasure,
  bootstrap: BootstrapOptions = {},
): Effect[] {
  const crossed = combinations(factors)
  const scores = new Map(runs.map((run) => [`${run.clip}|${run.seed}`, run.measures?.[measure] ?? null]))
  const setting = runs[0]?.env ?? ''
  const seeds = [...new Set(runs.map(({ seed }) => seed))]
    .filter((seed) => crossed.every((levels) => typeof scores.get(`${clipOf(levels)}|${seed}`) === 'number'))
    .sort((a, b) => a - b)
  if (seeds.length === 0) return []
  const average = (factor: number, level: string, seed: number): number =>
    mean(crossed.filter((levels) => levels[factor] === level).map((levels) => scores.get(`${clipOf(levels)}|${seed}`)!))

  const found = Object.entries(factors).flatMap(([factor, levels], at) =>
    levels.slice(1).map((level) => {
      const differences = seeds.map((seed) => average(at, level, seed) - average(at, levels[0]!, seed))
      const random = stream(0, `effect/${setting}/${factor}/${level}/${measure}`)
      return { setting, factor, level, reference: levels[0]!, measure, paired: pairedDifference(differences, random, bootstrap) }
    }),
  )
  const adjusted = holm(found.map(({ paired }) => paired.p))
  return found.map((effect, i) => ({ ...effect, adjustedP: adjusted[i]! }))
}
