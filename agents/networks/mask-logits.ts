/** Choices that are not allowed: their logits become −∞, so that they never happen and move nothing (categorical.ts). */
import type { Floats } from './distribution.js'

/** @param masks 1 where a choice is allowed, one for each of the first `masks.length` logits  @param out the logits' own array, or another */
export function maskLogits(logits: Floats, masks: Uint8Array, out: Floats): void {
  for (let i = 0; i < masks.length; i++) out[i] = masks[i] === 0 ? Number.NEGATIVE_INFINITY : logits[i]!
}
