/** Entropy loss: −mean H. Its coefficient times this, added to the loss, keeps a policy from settling too early. */
import type { Floats } from '../networks/distribution.js'

/** @param entropies [rows]  @param dEntropies [rows], written: dL/dH */
export function entropyLoss(entropies: Floats, rows: number, dEntropies: Floats): number {
  let sum = 0
  for (let i = 0; i < rows; i++) {
    sum += entropies[i]!
    dEntropies[i] = -1 / rows
  }
  return -sum / rows
}
