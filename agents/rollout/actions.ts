/**
 * Actions of a space: which distribution the policy needs, and what of a chosen action the environment gets to see.
 * Box actions are clipped to the bounds for the environment only; the rollout keeps the action as drawn, with its log-probability. Or they
 * are squashed: tanh of what was drawn, stretched to the bounds, reaches every bound and passes none.
 */
import type { Box } from '../../envs/spaces/box.js'
import type { Discrete } from '../../envs/spaces/discrete.js'
import type { MultiDiscrete } from '../../envs/spaces/multi-discrete.js'
import type { Space } from '../../envs/spaces/space.js'
import { UsageError } from '../../src/core/errors.js'
import { categorical } from '../networks/categorical.js'
import type { Distribution } from '../networks/distribution.js'
import { gaussian } from '../networks/gaussian.js'
import { squashedGaussian } from '../networks/squashed-gaussian.js'

export interface ActionAdapter {
  readonly kind: 'discrete' | 'continuous'
  /** Columns of an action row; choices count from 0 whatever the space starts with. */
  readonly size: number
  readonly distribution: Distribution
  /**
   * @param actions [count, size] as the policy chose them
   * @returns [count, size] for the environment: `actions` itself where nothing changes, else the adapter's own array, valid until its next call
   */
  toEnv(actions: Float32Array, count: number): Float32Array
}

/** How what a policy draws becomes an action: part of what it is, because it was trained that way. */
export interface Acting {
  /** Box actions: tanh, stretched to the bounds, in place of clipping. Default false. */
  readonly squash?: boolean
  /** Leave out the actions that an environment's `info` forbids (action-masks.ts). Default 'auto': where there are such. */
  readonly masks?: 'auto' | 'off'
}

const SUPPORTED = 'supported are discrete, multi-discrete, multi-binary, and box of float32 or float64'

/** @throws UsageError for a space that no policy here can act in, or that cannot be squashed */
export function actionAdapter(space: Space, { squash = false }: Pick<Acting, 'squash'> = {}): ActionAdapter {
  if (space.kind === 'box') return continuous(space as Box, squash)
  if (squash) throw new UsageError(`network.squash: expected box actions, got ${space.kind}; set it to false.`)
  switch (space.kind) {
    case 'discrete':
      return choices([(space as Discrete).n])
    case 'multi-discrete':
      return choices([...(space as MultiDiscrete).nvec])
    case 'multi-binary':
      return choices(new Array<number>(space.size).fill(2))
    default:
      throw new UsageError(`agents cannot act in a ${space.kind} space yet: ${SUPPORTED}.`)
  }
}

/** One choice, or several at once, drawn independently of each other. */
const choices = (sizes: readonly number[]): ActionAdapter => ({
  kind: 'discrete',
  size: sizes.length,
  distribution: categorical(sizes),
  toEnv: (actions) => actions,
})

function continuous(space: Box, squash: boolean): ActionAdapter {
  const { size, dtype } = space
  if (dtype !== 'float32' && dtype !== 'float64') throw new UsageError(`agents cannot act in a box of ${dtype} yet: ${SUPPORTED}.`)
  if (squash && !space.bounded()) {
    throw new UsageError('network.squash: expected a box with finite bounds on every action, got an open one; set it to false.')
  }
  const low = Float32Array.from(space.low, (bound) => inward(bound, 1))
  const high = Float32Array.from(space.high, (bound) => inward(bound, -1))
  const stretched = (value: number, k: number) => space.low[k]! + 0.5 * (Math.tanh(value) + 1) * (space.high[k]! - space.low[k]!)
  let out = new Float32Array(0)
  return {
    kind: 'continuous',
    size,
    distribution: squash ? squashedGaussian(size) : gaussian(size),
    toEnv: (actions, count) => {
      if (out.length !== count * size) out = new Float32Array(count * size)
      for (let i = 0; i < out.length; i++) {
        const k = i % size
        out[i] = Math.min(high[k]!, Math.max(low[k]!, squash ? stretched(actions[i]!, k) : actions[i]!))
      }
      return out
    },
  }
}

const TINIEST = 2 ** -149 // the smallest float32 above 0

/** The float32 at `bound`, or the next one inside: actions are float32, and the one nearest to a float64 bound may lie outside. */
function inward(bound: number, direction: 1 | -1): number {
  const near = Math.fround(bound)
  if (!Number.isFinite(bound) || direction * (near - bound) >= 0) return near
  return Math.fround(near + direction * Math.max(Math.abs(near) * 2 ** -23, TINIEST))
}
