/**
 * Generalised advantage estimation (Schulman et al. 2016, arXiv:1506.02438, eq. 16), with the two ends of an episode kept apart.
 *
 *     δ_t = r_t + γ · V(what follows) − V(s_t)        A_t = δ_t + γ λ · A_{t+1}, the sum cut where an episode ends
 *
 * Nothing follows a termination: V = 0. A truncated episode would have gone on: V of its final observation follows (never V of the reset
 * that the environment shows next). Both flags at once: the task ended. Stable-Baselines3 writes the same as a reward of γ·V(final).
 */
import type { Floats } from '../networks/distribution.js'

/** What the estimate reads of a rollout, time-major: row = t · numEnvs + n. */
export interface AdvantageInputs {
  readonly steps: number
  readonly numEnvs: number
  readonly rewards: Floats
  /** V(s_t) */
  readonly values: Floats
  readonly terminated: ArrayLike<number>
  readonly truncated: ArrayLike<number>
  /** V(final observation) where truncated and not terminated. */
  readonly finalValues: Floats
  /** [numEnvs] V of the observations after the last step. */
  readonly lastValues: Floats
}

/** @param advantages [steps · numEnvs], written  @param returns [steps · numEnvs], written: advantage + value, what the critic learns */
export function estimateAdvantages(rollout: AdvantageInputs, gamma: number, lambda: number, advantages: Floats, returns: Floats): void {
  const { steps, numEnvs, rewards, values, terminated, truncated, finalValues, lastValues } = rollout
  for (let n = 0; n < numEnvs; n++) {
    let carry = 0
    let nextValue = lastValues[n]!
    for (let i = (steps - 1) * numEnvs + n; i >= 0; i -= numEnvs) {
      const ended = terminated[i] !== 0 || truncated[i] !== 0
      const following = terminated[i] !== 0 ? 0 : truncated[i] !== 0 ? finalValues[i]! : nextValue
      const delta = rewards[i]! + gamma * following - values[i]!
      carry = delta + (ended ? 0 : gamma * lambda * carry)
      advantages[i] = carry
      returns[i] = carry + values[i]!
      nextValue = values[i]!
    }
  }
}

/** What normalises the advantages of a minibatch: (A − mean) · inverseStd. */
export interface AdvantageScale {
  readonly mean: number
  readonly inverseStd: number
}

/**
 * (A − mean) / (std + 1e-8) with PyTorch's standard deviation (ddof 1). One row alone has no spread and is left as it is.
 * @param index which advantages count, `rows` of them from `from` on; default: the first ones
 */
export function advantageScale(advantages: Floats, rows: number, index?: Int32Array, from = 0): AdvantageScale {
  if (rows < 2) return { mean: 0, inverseStd: 1 }
  let sum = 0
  for (let i = 0; i < rows; i++) sum += advantages[index === undefined ? i : index[from + i]!]!
  const mean = sum / rows
  let squares = 0
  for (let i = 0; i < rows; i++) squares += (advantages[index === undefined ? i : index[from + i]!]! - mean) ** 2
  return { mean, inverseStd: 1 / (Math.sqrt(squares / (rows - 1)) + 1e-8) }
}

export function normalizeAdvantages(advantages: Floats, rows: number, out: Floats): void {
  const { mean, inverseStd } = advantageScale(advantages, rows)
  for (let i = 0; i < rows; i++) out[i] = (advantages[i]! - mean) * inverseStd
}

/** 1 − Var(returns − values) / Var(returns): 1 is perfect, 0 no better than a constant; NaN when the returns do not vary. */
export function explainedVariance(values: Floats, returns: Floats): number {
  const total = variance(returns, null)
  return total === 0 ? Number.NaN : 1 - variance(returns, values) / total
}

/** Variance (ddof 0) of a, or of a − b. */
function variance(a: Floats, b: Floats | null): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += b === null ? a[i]! : a[i]! - b[i]!
  const mean = sum / a.length
  let squares = 0
  for (let i = 0; i < a.length; i++) squares += ((b === null ? a[i]! : a[i]! - b[i]!) - mean) ** 2
  return squares / a.length
}
