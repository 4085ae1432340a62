/** TransformReward: tells each reward through a function of one's own. */
import type { Env } from '../core.js'
import { rewarding } from './wrapper.js'

/** @param change must depend on its argument alone */
export function transformReward<O, A>(env: Env<O, A>, change: (reward: number) => number): Env<O, A> {
  return rewarding('TransformReward', env, change)
}
