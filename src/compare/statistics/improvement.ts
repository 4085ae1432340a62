/** Probability of improvement: how often a run of X beats a run of Y (Agarwal et al. 2021, arXiv:2108.13264; Mann & Whitney 1947). */
import type { TaskScores } from './aggregates.js'
import { mean } from './moments.js'

/**
 * P(X > Y) + P(X = Y)/2, the mean over tasks of U / (n_x·n_y). 0.5: neither; equal lists give exactly that. Needs no common scale.
 * @param x one list of runs per task
 * @param y the same tasks in the same order; the number of runs may differ
 */
export function probabilityOfImprovement(x: TaskScores, y: TaskScores): number {
  if (x.length !== y.length)
    throw new RangeError(`probability of improvement: ${x.length} tasks against ${y.length}; both need the same tasks`)
  return mean(x.map((runs, task) => mannWhitneyU(runs, y[task]!) / (runs.length * y[task]!.length)))
}

/** U of X: the number of pairs (x, y) with x > y, ties as half. From 0 to n_x·n_y. */
export function mannWhitneyU(x: ArrayLike<number>, y: ArrayLike<number>): number {
  if (x.length === 0 || y.length === 0) throw new RangeError('Mann-Whitney U needs at least one value on each side')
  let wins = 0
  for (let i = 0; i < x.length; i++) {
    for (let j = 0; j < y.length; j++) wins += x[i]! > y[j]! ? 1 : x[i]! === y[j]! ? 0.5 : 0
  }
  return wins
}
