/**
 * ClipReward for a vector: rewards below `minReward` and above `maxReward` count as these.
 * As in Gymnasium, the 0 of a reset step in next-step mode is clipped like any other.
 */
import { type ClipRewardOptions, rewardLimits } from '../wrappers/clip-reward.js'
import type { VectorEnv } from './vector-env.js'
import { rewardingRows, statelessVector, wrappedVector } from './wrapper.js'

/** @throws RangeError when neither limit is given, one is no number, or they are the wrong way round */
export function clipReward(venv: VectorEnv, options: ClipRewardOptions): VectorEnv {
  const { minReward, maxReward } = rewardLimits('clipReward', options)
  const clipped = rewardingRows(venv, (reward) => Math.min(Math.max(reward, minReward), maxReward))
  return wrappedVector(venv, { ...clipped, ...statelessVector('ClipReward', venv) })
}
