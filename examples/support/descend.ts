/** A training loop of one's own, `minimize` behind a clip, and the record of what the gradients did. */
import type { Optimizer, Scalar, Variable } from '@tensorflow/tfjs-core'
import { type ClippedOptimizer, RunError, withClipping } from 'tau-rl/clip'
import type { Course } from './study.js'

export interface DescendOptions {
  readonly clip: string
  readonly steps: number
  /** The loss of one step; draws its own data. */
  readonly loss: () => Scalar
  readonly variables: Variable[]
}

/** Steps that count as one update for rules that listen to the loss: short runs cannot wait a hundred steps for each. */
export const FEEDBACK_EVERY = 10

/** Trains `variables` until the steps are done or the run broke. Disposes the variables and the optimiser. */
export function descend(inner: Optimizer, { clip, steps, loss, variables }: DescendOptions): Course {
  const optimizer = withClipping(inner, clip, { feedbackEvery: FEEDBACK_EVERY })
  const recorder = courseRecorder(optimizer, clip)
  try {
    for (let step = 0; step < steps; step++) {
      const cost = optimizer.minimize(loss, true, variables)!
      const value = cost.dataSync()[0]!
      cost.dispose()
      if (!recorder.record(value)) break
    }
  } catch (error) {
    if (!(error instanceof RunError)) throw error
    recorder.record(Number.NaN) // too many gradients in a row were not finite
  } finally {
    optimizer.dispose()
    for (const variable of variables) variable.dispose()
  }
  return recorder.course()
}

export interface CourseRecorder {
  /** Call after each step with its loss. @returns false when the run broke and should stop */
  record(loss: number): boolean
  course(): Course
}

/**
 * The clip 'none' changes no gradient, but withClipping leaves out a step whose gradient is not finite, which would hide what bare
 * training does; so without clipping such a gradient ends the run.
 */
export function courseRecorder(optimizer: ClippedOptimizer, clip: string): CourseRecorder {
  const values: number[] = []
  const norms: number[] = []
  let clipped = 0
  return {
    record(loss) {
      const report = optimizer.lastReport
      const broke = !Number.isFinite(loss) || (clip === 'none' && report?.skipped === true)
      values.push(broke ? Number.NaN : loss)
      if (!broke && report && !report.skipped) {
        norms.push(report.normBefore)
        clipped += report.clipRate
      }
      return !broke
    },
    course: () => ({ values, norms, clipRate: norms.length === 0 ? 0 : clipped / norms.length }),
  }
}
