/**
 * Value loss on flat arrays, with its gradient: ½ · mean (V − R)².
 *
 * The ½ is a convention, and implementations differ. Ours is CleanRL's and the original PPO code's. Stable-Baselines3 leaves the ½ out:
 * its vf_coef of 0.5 is a `valueCoefficient` of 1 here.
 *
 * Value clipping keeps V within ± range of the value that the rollout saw, V_c = V_old + clamp(V − V_old, ±range). Two forms exist:
 * 'larger' (original PPO code, CleanRL): ½ · mean max((V − R)², (V_c − R)²); 'clipped' (Stable-Baselines3): ½ · mean (V_c − R)².
 * NaN surfaces in loss and gradient.
 */
import type { Floats } from '../networks/distribution.js'

export interface ValueClip {
  readonly range: number
  readonly form: 'larger' | 'clipped'
}

/**
 * @param values [rows] of now  @param oldValues [rows] that the rollout saw; only read with a clip  @param returns [rows]
 * @param dValues [rows], written: dL/dV
 */
export function valueLoss(
  values: Floats,
  oldValues: Floats,
  returns: Floats,
  rows: number,
  clip: ValueClip | null,
  dValues: Floats,
): number {
  let loss = 0
  for (let i = 0; i < rows; i++) {
    const error = values[i]! - returns[i]!
    if (clip === null) {
      loss += error * error
      dValues[i] = error / rows
      continue
    }
    const moved = values[i]! - oldValues[i]!
    const clippedError = oldValues[i]! + Math.min(clip.range, Math.max(-clip.range, moved)) - returns[i]!
    const held = Math.abs(moved) > clip.range // false for NaN, which so reaches the gradient
    if (clip.form === 'clipped') {
      loss += clippedError * clippedError
      dValues[i] = held ? 0 : error / rows
    } else {
      loss += Math.max(error * error, clippedError * clippedError) // Math.max passes NaN on
      dValues[i] = held && clippedError * clippedError > error * error ? 0 : error / rows
    }
  }
  return loss / rows / 2
}
