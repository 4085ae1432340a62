/**
 * The passes over single elements that every step of every clip needs, as a door: whoever holds the gradient may bring faster ones
 * (agents/learners/fused-arithmetic.ts).
 */
import type { Block } from './groups.js'
import type { FloatArray } from './optimizer.js'
import { scaleGroups } from './shapes.js'
import { squaresOfGroups } from './stats.js'

export interface GroupArithmetic {
  /** Σ x² of every group, into `into`; not finite where an element is not. */
  squares(x: FloatArray, blocks: readonly Block[], into: Float64Array): void
  /** Every group by its own factor; a factor of 1 keeps the bits. */
  scale(x: FloatArray, blocks: readonly Block[], factors: Float64Array): void
}

export const plainArithmetic: GroupArithmetic = { squares: squaresOfGroups, scale: scaleGroups }
