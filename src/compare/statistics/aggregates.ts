/**
 * One number for scores over several tasks, as rliable defines them (Agarwal et al. 2021, arXiv:2108.13264).
 * Scores come as one list of runs per task; tasks may differ in their number of runs. Comparing tasks needs scores on a common scale.
 */
import { interquartileMean, mean, median } from './moments.js'

/** One list of run scores per task. */
export type TaskScores = readonly ArrayLike<number>[]

/** Interquartile mean over all runs of all tasks together. */
export const iqmOverTasks = (tasks: TaskScores): number => interquartileMean(pooled(tasks))

/** Mean of the task means. */
export const meanOverTasks = (tasks: TaskScores): number => mean(tasks.map(mean))

/** Median of the task means. */
export const medianOverTasks = (tasks: TaskScores): number => median(tasks.map(mean))

/**
 * γ − mean(min(score, γ)) over all runs: how much is missing to the target; scores above it win nothing.
 * @param target γ, the score that counts as reached; 1 for scores normalised by a human or a threshold
 */
export const optimalityGap = (tasks: TaskScores, target = 1): number => target - mean(pooled(tasks).map((score) => Math.min(score, target)))

/** One list of tasks becomes one of values. */
export function pooled(tasks: TaskScores): Float64Array {
  if (tasks.length === 1) return new Float64Array(tasks[0]!)
  const all = new Float64Array(tasks.reduce((sum, task) => sum + task.length, 0))
  let at = 0
  for (const task of tasks) {
    all.set(task, at)
    at += task.length
  }
  return all
}
