/** The losses of actor and critic on the kernels: what a network put out becomes the loss's gradient, in place. */
import type { Kernels } from '../../src/kernels/kernels.js'
import type { LossSettings } from '../losses/actor-critic-loss.js'
import type { ActorCritic } from '../networks/actor-critic.js'
import type { Distribution } from '../networks/distribution.js'
import type { AdvantageScale } from '../rollout/advantage.js'
import type { FusedArray } from './fused-memory.js'
import { type FusedNetwork, TILE } from './fused-network.js'
import type { FusedRollout, RolloutPlaces } from './fused-rollout.js'

/** What holds for a whole minibatch. */
export interface MinibatchSettings extends LossSettings, AdvantageScale {
  /** 1 / rows of the minibatch */
  readonly inverseRows: number
}

/**
 * One tile.
 * @param at place of its first row in `rollout.order`  @param rows at most TILE
 * @param sums address of four float64, added to: policy loss, entropy, KL and rows outside the clip; for the critic ½ · squared error
 */
export type Head<Rollout = FusedRollout, Settings = MinibatchSettings> = (
  rollout: Rollout,
  at: number,
  rows: number,
  settings: Settings,
  sums: number,
) => void

/** What the critic's loss asks of them. */
export type ValueSettings = Pick<MinibatchSettings, 'valueClip' | 'valueClipForm' | 'valueCoefficient' | 'inverseRows'>

/** Logit of a masked choice: so low that its probability is exactly 0, and finite. */
const FORBIDDEN = -1e8

/** Why there is no head for a distribution; null where there is one. */
export const missingHead = ({ kind }: Distribution): string | null =>
  kind === 'categorical' || kind === 'gaussian' ? null : `the fused kernels know no ${kind} policy`

export function categoricalHead(kernels: Kernels, { choices = [] }: Distribution, { output, ldOutput, outputs }: FusedNetwork): Head {
  const { memory } = kernels
  const sizes = memory.allocate(choices.length)
  new Int32Array(memory.buffer, sizes, choices.length).set(choices)
  const logits = new Float32Array(memory.buffer, output, TILE * ldOutput)

  function forbid(masks: Uint8Array, order: Int32Array, at: number, rows: number): void {
    for (let r = 0; r < rows; r++) {
      const mask = order[at + r]! * outputs
      for (let k = 0; k < outputs; k++) if (masks[mask + k] === 0) logits[r * ldOutput + k] = FORBIDDEN
    }
  }

  return ({ actions, logProbs, advantages, order, masks }, at, rows, s, sums) => {
    if (masks !== null) forbid(masks, order.values, at, rows)
    kernels.categoricalHead(
      rows,
      choices.length,
      sizes,
      output,
      ldOutput,
      order.address + 4 * at,
      actions.address,
      logProbs.address,
      advantages.address,
      s.mean,
      s.inverseStd,
      s.ratioClip,
      s.entropyCoefficient,
      s.objective === 'a2c' ? 1 : 0,
      s.inverseRows,
      sums,
    )
  }
}

export function gaussianHead(
  kernels: Kernels,
  logStd: NonNullable<ActorCritic['logStd']>,
  { output, ldOutput }: FusedNetwork,
  parameters: FusedArray,
  gradient: FusedArray,
): Head {
  const place = 4 * logStd.offset
  return ({ actions, logProbs, advantages, order }, at, rows, s, sums) =>
    kernels.gaussianHead(
      rows,
      logStd.size,
      output,
      ldOutput,
      parameters.address + place,
      gradient.address + place,
      order.address + 4 * at,
      actions.address,
      logProbs.address,
      advantages.address,
      s.mean,
      s.inverseStd,
      s.ratioClip,
      s.entropyCoefficient,
      s.objective === 'a2c' ? 1 : 0,
      s.inverseRows,
      sums,
    )
}

export function valueHead(kernels: Kernels, { output, ldOutput }: FusedNetwork): Head<RolloutPlaces, ValueSettings> {
  return ({ values, returns, order }, at, rows, s, sums) =>
    kernels.valueHead(
      rows,
      output,
      ldOutput,
      order.address + 4 * at,
      values.address,
      returns.address,
      s.valueClip ?? -1,
      (s.valueClipForm ?? 'larger') === 'larger' ? 1 : 0,
      s.valueCoefficient,
      s.inverseRows,
      sums,
    )
}
