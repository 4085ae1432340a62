/**
 * Policy losses on flat arrays, with their gradient with respect to the log-probabilities. Means over the rows.
 *
 * PPO (Schulman et al. 2017, arXiv:1707.06347, eq. 7): −mean min(r·A, clamp(r, 1 − ε, 1 + ε)·A), r = exp(log p − log p_old).
 * A2C (Mnih et al. 2016, arXiv:1602.01783): −mean log p · A.
 *
 * NaN surfaces: no branch here can turn a NaN ratio into a finite loss or a zero gradient. At the exact bound of the clip the gradient flows.
 */
import type { Floats } from '../networks/distribution.js'

export interface PolicyLoss {
  readonly loss: number
  /** mean (r − 1) − log r: an unbiased estimate of KL(old ‖ new) that is never negative (Schulman 2020, "Approximating KL divergence"). */
  readonly approxKl: number
  /** Share of rows whose ratio left [1 − ε, 1 + ε]; 0 for A2C. */
  readonly clipFraction: number
}

/**
 * @param logProbs [rows] under the policy of now  @param oldLogProbs [rows] under the one that acted
 * @param dLogProbs [rows], written: dL/d log-probability
 */
export function ppoPolicyLoss(
  logProbs: Floats,
  oldLogProbs: Floats,
  advantages: Floats,
  rows: number,
  ratioClip: number,
  dLogProbs: Floats,
): PolicyLoss {
  const low = 1 - ratioClip
  const high = 1 + ratioClip
  let loss = 0
  let kl = 0
  let outside = 0
  for (let i = 0; i < rows; i++) {
    const logRatio = logProbs[i]! - oldLogProbs[i]!
    const ratio = Math.exp(logRatio)
    const advantage = advantages[i]!
    loss -= Math.min(ratio * advantage, Math.min(high, Math.max(low, ratio)) * advantage) // Math.min and Math.max pass NaN on
    kl += ratio - 1 - logRatio
    if (Math.abs(ratio - 1) > ratioClip) outside++
    // Written so that NaN takes the second branch: a comparison with NaN is false.
    const held = (advantage > 0 && ratio > high) || (advantage < 0 && ratio < low)
    dLogProbs[i] = held ? 0 : (-advantage * ratio) / rows
  }
  return { loss: loss / rows, approxKl: kl / rows, clipFraction: outside / rows }
}

/** Parameters as `ppoPolicyLoss`; `oldLogProbs` only serves the KL. */
export function a2cPolicyLoss(logProbs: Floats, oldLogProbs: Floats, advantages: Floats, rows: number, dLogProbs: Floats): PolicyLoss {
  let loss = 0
  let kl = 0
  for (let i = 0; i < rows; i++) {
    const logRatio = logProbs[i]! - oldLogProbs[i]!
    loss -= logProbs[i]! * advantages[i]!
    kl += Math.exp(logRatio) - 1 - logRatio
    dLogProbs[i] = -advantages[i]! / rows
  }
  return { loss: loss / rows, approxKl: kl / rows, clipFraction: 0 }
}
