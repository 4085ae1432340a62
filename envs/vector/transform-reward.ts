/**
 * TransformReward for a vector: tells each reward through a function of one's own.
 * As in Gymnasium, the 0 of a reset step in next-step mode is changed like any other.
 */
import type { VectorEnv } from './vector-env.js'
import { rewardingRows, statelessVector, wrappedVector } from './wrapper.js'

/** @param change must depend on its argument alone */
export function transformReward(venv: VectorEnv, change: (reward: number) => number): VectorEnv {
  return wrappedVector(venv, { ...rewardingRows(venv, change), ...statelessVector('TransformReward', venv) })
}
