/** Performance profiles: the share of runs above each score (Dolan & Moré 2002; Agarwal et al. 2021, arXiv:2108.13264). */
import { pooled, type TaskScores } from './aggregates.js'
import { mean } from './moments.js'

/**
 * For each score of `grid` the share of all runs, over all tasks, strictly above it. Falls from left to right.
 * @param grid scores in any order
 */
export function performanceProfile(tasks: TaskScores, grid: readonly number[]): number[] {
  return shareAbove(pooled(tasks), grid)
}

/** The same over task means instead of runs. */
export function averageScoreProfile(tasks: TaskScores, grid: readonly number[]): number[] {
  return shareAbove(Float64Array.from(tasks, mean), grid)
}

function shareAbove(scores: Float64Array, grid: readonly number[]): number[] {
  if (scores.length === 0) throw new RangeError('performance profile needs at least one score')
  return grid.map((limit) => scores.reduce((count, score) => count + (score > limit ? 1 : 0), 0) / scores.length)
}
