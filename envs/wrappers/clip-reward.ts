/**
 * ClipReward: rewards below `minReward` and above `maxReward` count as these.
 * Mnih et al. 2015 clip to [−1, 1], so that one learning rate serves games of every scale.
 */
import type { Env } from '../core.js'
import { rewarding } from './wrapper.js'

export interface ClipRewardOptions {
  /** Default: no limit below. */
  readonly minReward?: number
  /** Default: no limit above. */
  readonly maxReward?: number
}

/** @throws RangeError when neither limit is given, one is no number, or they are the wrong way round */
export function clipReward<O, A>(env: Env<O, A>, options: ClipRewardOptions): Env<O, A> {
  const { minReward, maxReward } = rewardLimits('clipReward', options)
  return rewarding('ClipReward', env, (reward) => Math.min(Math.max(reward, minReward), maxReward))
}

export function rewardLimits(where: string, { minReward, maxReward }: ClipRewardOptions): Required<ClipRewardOptions> {
  if (minReward === undefined && maxReward === undefined) throw new RangeError(`${where}: give minReward, maxReward or both`)
  const limits = { minReward: minReward ?? -Infinity, maxReward: maxReward ?? Infinity }
  if (!(limits.minReward <= limits.maxReward)) {
    throw new RangeError(`${where}: minReward must not be above maxReward, got ${limits.minReward} and ${limits.maxReward}`)
  }
  return limits
}
