/**
 * Actions of a space: which distribution the policy needs, and what of a chosen action the environment gets to see.
 * Box actions are clipped to the bounds for the environment only; the rollout keeps the action as drawn, with its log-probability.
 */
import type { Box } from '../../envs/spaces/box.js'
import type { Discrete } from '../../envs/spaces/discrete.js'
import type { MultiDiscrete } from '../../envs/spaces/multi-discrete.js'
import type { Space } from '../../envs/spaces/space.js'
import { UsageError } from '../../src/core/errors.js'
import { categorical } from '../networks/categorical.js'
import type { Distribution } from '../networks/distribution.js'
import { gaussian } from '../networks/gaussian.js'

export interface ActionAdapter {
  readonly kind: 'discrete' | 'continuous'
  /** Columns of an action row. */
  readonly size: number
  readonly distribution: Distribution
  /**
   * @param actions [count, size] as the policy chose them
   * @returns [count, size] for the environment: `actions` itself where nothing changes, else the adapter's own array, valid until its next call
   */
  toEnv(actions: Float32Array, count: number): Float32Array
}

/** @throws UsageError for a space that no policy here can act in */
export function actionAdapter(space: Space): ActionAdapter {
  switch (space.kind) {
    case 'discrete':
      return choices([(space as Discrete).n])
    case 'multi-discrete':
      return choices([...(space as MultiDiscrete).nvec])
    case 'multi-binary':
      return choices(new Array<number>(space.size).fill(2))
    case 'box': {
      const { dtype } = space as Box
      if (dtype !== 'float32' && dtype !== 'float64') {
        throw new UsageError(
          `agents cannot act in a box of ${dtype} yet: supported are discrete, multi-discrete, multi-binary, and box of float32 or float64.`,
        )
      }
      return clipped(space as Box)
    }
    default:
      throw new UsageError(`agents cannot act in a ${space.kind} space yet: supported are discrete, multi-discrete, multi-binary and box.`)
  }
}

/** One choice, or several at once, drawn independently of each other. */
const choices = (sizes: readonly number[]): ActionAdapter => ({
  kind: 'discrete',
  size: sizes.length,
  distribution: categorical(sizes),
  toEnv: (actions) => actions,
})

function clipped({ size, low, high }: Box): ActionAdapter {
  let out = new Float32Array(0)
  return {
    kind: 'continuous',
    size,
    distribution: gaussian(size),
    toEnv: (actions, count) => {
      if (out.length !== count * size) out = new Float32Array(count * size)
      for (let i = 0; i < out.length; i++) out[i] = Math.min(high[i % size]!, Math.max(low[i % size]!, actions[i]!))
      return out
    },
  }
}
