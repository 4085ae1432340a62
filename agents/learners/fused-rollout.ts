/** A rollout in the kernels' memory: copied in once per update, read there by row numbers. */
import type { Kernels } from '../../src/kernels/kernels.js'
import type { Rollout } from '../rollout/rollout.js'
import { type FusedArray, fusedArray } from './fused-memory.js'

/** What a pass through a network needs, by its places: enough for another thread. */
export interface RolloutPlaces {
  readonly observationSize: number
  readonly observations: Place
  readonly values: Place
  readonly returns: Place
  readonly order: Place
}

type Place = Pick<FusedArray, 'address'>

export interface FusedRollout extends RolloutPlaces {
  /** [rows, D], unpadded */
  readonly observations: FusedArray
  /** [rows, A] */
  readonly actions: FusedArray
  /** [rows], as the following */
  readonly logProbs: FusedArray
  readonly values: FusedArray
  readonly advantages: FusedArray
  readonly returns: FusedArray
  /** Row numbers in the order of the minibatches, int32. */
  readonly order: { readonly values: Int32Array; readonly address: number }
  /** [rows, columns of logits], or null where every choice is allowed. The rollout's own. */
  readonly masks: Uint8Array | null
}

/** @returns copies a rollout in; its places are those of the call before, as long as rollouts have the same form */
export function rolloutCopier(kernels: Kernels): (rollout: Rollout) => FusedRollout {
  let copy: FusedRollout | null = null
  return (rollout) => {
    const rows = rollout.steps * rollout.numEnvs
    const fits =
      copy !== null &&
      copy.order.values.length === rows &&
      copy.observationSize === rollout.observationSize &&
      copy.actions.values.length === rows * rollout.actionSize
    copy = { ...(fits ? copy! : places(kernels, rows, rollout)), masks: rollout.masks ?? null }
    copy.observations.values.set(rollout.observations)
    copy.actions.values.set(rollout.actions)
    copy.logProbs.values.set(rollout.logProbs)
    copy.values.values.set(rollout.values)
    copy.advantages.values.set(rollout.advantages)
    copy.returns.values.set(rollout.returns)
    return copy
  }
}

function places(kernels: Kernels, rows: number, { observationSize, actionSize }: Rollout): Omit<FusedRollout, 'masks'> {
  const { memory } = kernels
  const order = memory.allocate(rows)
  return {
    observationSize,
    observations: fusedArray(kernels, rows * observationSize),
    actions: fusedArray(kernels, rows * actionSize),
    logProbs: fusedArray(kernels, rows),
    values: fusedArray(kernels, rows),
    advantages: fusedArray(kernels, rows),
    returns: fusedArray(kernels, rows),
    order: { values: new Int32Array(memory.buffer, order, rows), address: order },
  }
}
