/**
 * A clip is five words: which rule finds τ, what τ bounds, which gradients share one, what happens at the limit, and where.
 * Every method of the literature is a choice of these words with its paper's numbers (presets.ts).
 */
import type { ClipRule } from './rule.js'

/** What τ bounds: the group's norm (L2, or L1, L∞), or every element, to [−τ, τ]. */
export type ClipOf = 'norm' | 'norm-1' | 'norm-inf' | 'element'

/** Which gradients share a τ. `unit`: one output feature, all weights into it; biases and vectors are one unit each as a whole. */
export type ClipPer = 'model' | 'network' | 'layer' | 'tensor' | 'unit'

/** At the limit: hard min(1, τ/n), soft τ/(τ+n), normalize τ/n. */
export type ClipShape = 'hard' | 'soft' | 'normalize'

/** Before the optimiser's moments, or on the step that it proposes. */
export type ClipStage = 'gradient' | 'update'

export interface Clip {
  /** Preset or rule name, for logs and files. */
  readonly name: string
  readonly rule: ClipRule
  readonly of: ClipOf
  readonly per: ClipPer
  readonly shape: ClipShape
  readonly stage: ClipStage
}
