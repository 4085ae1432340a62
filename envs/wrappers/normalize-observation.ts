/**
 * NormalizeObservation: shows each number of an observation less its running mean, divided by its running deviation.
 *
 * The statistics are saved with the environment, freeze when `updateRunningMean` is false, and can be shared: an environment for evaluation
 * takes those of training, `normalizeObservation(env, { statistics: training.statistics, updateRunningMean: false })`.
 * Source: equal to Gymnasium's within its float32 statistics; ours are float64. We differ: NaN and infinity are refused, since one would
 * spoil the statistics for ever.
 */
import type { Env } from '../core.js'
import { savedBoolean, savedWrapper } from '../saved.js'
import { box } from '../spaces/box.js'
import { checkObservation } from '../vector/boundary.js'
import { boxOf } from './box-of.js'
import { type RunningMoments, runningMoments } from './running-moments.js'
import { wrapped } from './wrapper.js'

export interface NormalizeObservationOptions {
  /** Added to the variance, above 0. Default 1e-8. */
  readonly epsilon?: number
  /** Statistics to begin with, and to go on with. Default: fresh ones. */
  readonly statistics?: RunningMoments
  /** Whether observations still move the statistics. Default true. */
  readonly updateRunningMean?: boolean
}

/** What every normalising wrapper has beside an environment's own. */
export interface Normalizing {
  readonly statistics: RunningMoments
  /** False freezes the statistics. */
  updateRunningMean: boolean
}

/** @throws EnvError unless the observations are a Box; RangeError when epsilon is not above 0 or the statistics have another size */
export function normalizeObservation<A>(
  env: Env<ArrayLike<number>, A>,
  options: NormalizeObservationOptions = {},
): Env<Float32Array, A> & Normalizing {
  const { shape, size } = boxOf('normalizeObservation', 'observations', env.observationSpace)
  const { epsilon, statistics, updateRunningMean } = normalizing('normalizeObservation', size, options)
  let steps = 0 // since the reset

  const normalized = (observation: ArrayLike<number>): Float32Array => {
    checkObservation('NormalizeObservation', observation, 0, size, 0, steps)
    if (outer.updateRunningMean) statistics.update(observation)
    const shown = new Float32Array(size)
    writeNormalized(statistics, epsilon, observation, 0, shown, 0)
    return shown
  }

  const outer: Env<Float32Array, A> & Normalizing = Object.assign(
    wrapped<Float32Array, A, ArrayLike<number>, A>(env, {
      observationSpace: box({ low: -Infinity, high: Infinity, shape }),
      reset: (options) => {
        const [observation, info] = env.reset(options)
        steps = 0
        return [normalized(observation), info]
      },
      step: (action) => {
        const [observation, reward, terminated, truncated, info] = env.step(action)
        steps++
        return [normalized(observation), reward, terminated, truncated, info]
      },
      save: () => ({
        wrapper: 'NormalizeObservation',
        statistics: statistics.save(),
        updateRunningMean: outer.updateRunningMean,
        env: env.save(),
      }),
      load: (saved) => {
        const state = savedWrapper('NormalizeObservation', saved)
        const updates = savedBoolean('NormalizeObservation.load: updateRunningMean', state['updateRunningMean'])
        env.load(state.env)
        statistics.load(state['statistics'] ?? null)
        outer.updateRunningMean = updates
      },
    }),
    { statistics, updateRunningMean },
  )
  return outer
}

/** Writes the row `from[at … at + size)` less the mean, over the deviation. */
export function writeNormalized(
  { size, mean, variance }: RunningMoments,
  epsilon: number,
  from: ArrayLike<number>,
  at: number,
  out: Float32Array,
  outAt: number,
): void {
  for (let i = 0; i < size; i++) out[outAt + i] = (from[at + i]! - mean[i]!) / Math.sqrt(variance[i]! + epsilon)
}

/** The choices of a normalising wrapper, checked. */
export function normalizing(
  where: string,
  size: number,
  { epsilon = 1e-8, statistics = runningMoments(size), updateRunningMean = true }: NormalizeObservationOptions,
): Required<NormalizeObservationOptions> {
  if (!(epsilon > 0 && epsilon < Infinity)) throw new RangeError(`${where}: epsilon must be a number above 0, got ${epsilon}`)
  if (statistics.size !== size) throw new RangeError(`${where}: expected statistics of ${size} numbers, got ${statistics.size}`)
  return { epsilon, statistics, updateRunningMean }
}
