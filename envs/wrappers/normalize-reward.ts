/**
 * NormalizeReward: divides rewards by the running deviation of the discounted return, so that values stay near 1 whatever the scale.
 * No mean is taken off: that would change which policy is best.
 *
 * Source: equal to Gymnasium's: the return R ← γ·R + r forgets at a termination, and goes on over a truncation (the vector twin does not).
 * We differ: NaN and infinite rewards are refused, since one would spoil the statistics for ever.
 */
import type { Env } from '../core.js'
import { encodeNumbers } from '../numbers.js'
import { savedBoolean, savedNumbers, savedWrapper } from '../saved.js'
import { checkReward } from '../vector/boundary.js'
import { type NormalizeObservationOptions, type Normalizing, normalizing } from './normalize-observation.js'
import { wrapped } from './wrapper.js'

export interface NormalizeRewardOptions extends NormalizeObservationOptions {
  /** Discount of the return, from 0 to 1: the learner's. Default 0.99. */
  readonly gamma?: number
}

/** @throws RangeError when epsilon is not above 0, gamma outside [0, 1], or the statistics have another size than 1 */
export function normalizeReward<O, A>(env: Env<O, A>, options: NormalizeRewardOptions = {}): Env<O, A> & Normalizing {
  const { epsilon, statistics, updateRunningMean } = normalizing('normalizeReward', 1, options)
  const gamma = checkGamma('normalizeReward', options.gamma)
  const accumulated = new Float64Array(1) // R
  let steps = 0 // since the reset

  const outer: Env<O, A> & Normalizing = Object.assign(
    wrapped<O, A>(env, {
      reset: (options) => {
        const first = env.reset(options)
        steps = 0
        return first
      },
      step: (action) => {
        const [observation, reward, terminated, truncated, info] = env.step(action)
        checkReward('NormalizeReward', reward, 0, ++steps)
        accumulated[0] = (terminated ? 0 : accumulated[0]! * gamma) + reward
        if (outer.updateRunningMean) statistics.update(accumulated)
        return [observation, reward / Math.sqrt(statistics.variance[0]! + epsilon), terminated, truncated, info]
      },
      save: () => ({
        wrapper: 'NormalizeReward',
        statistics: statistics.save(),
        updateRunningMean: outer.updateRunningMean,
        accumulated: encodeNumbers(accumulated),
        env: env.save(),
      }),
      load: (saved) => {
        const state = savedWrapper('NormalizeReward', saved)
        const updates = savedBoolean('NormalizeReward.load: updateRunningMean', state['updateRunningMean'])
        const sums = savedNumbers('NormalizeReward.load: accumulated', state['accumulated'], 1)
        env.load(state.env)
        statistics.load(state['statistics'] ?? null)
        outer.updateRunningMean = updates
        accumulated.set(sums)
      },
    }),
    { statistics, updateRunningMean },
  )
  return outer
}

export function checkGamma(where: string, gamma = 0.99): number {
  if (!(gamma >= 0 && gamma <= 1)) throw new RangeError(`${where}: gamma must be from 0 to 1, got ${gamma}`)
  return gamma
}
