/**
 * A clip is five words: which rule finds τ, what τ bounds, which gradients share one, what happens at the limit, and where.
 * Every method of the literature is a choice of these words with its paper's numbers (presets.ts).
 */
import type { ClipRule } from './rule.js'

/** What τ bounds: the group's norm (L2, or L1, L∞), or every element, to [−τ, τ]. */
export const CLIP_OF = ['norm', 'norm-1', 'norm-inf', 'element'] as const
export type ClipOf = (typeof CLIP_OF)[number]

/** Which gradients share a τ. `unit`: one output feature, all weights into it; biases and vectors are one unit each as a whole. */
export const CLIP_PER = ['model', 'network', 'layer', 'tensor', 'unit'] as const
export type ClipPer = (typeof CLIP_PER)[number]

/** At the limit: hard min(1, τ/n), soft τ/(τ+n), normalize τ/n. */
export const CLIP_SHAPES = ['hard', 'soft', 'normalize'] as const
export type ClipShape = (typeof CLIP_SHAPES)[number]

/** Before the optimiser's moments, or on the step that it proposes. */
export const CLIP_STAGES = ['gradient', 'update'] as const
export type ClipStage = (typeof CLIP_STAGES)[number]

export interface Clip {
  /** Preset or rule name, for logs and files. */
  readonly name: string
  readonly rule: ClipRule
  readonly of: ClipOf
  readonly per: ClipPer
  readonly shape: ClipShape
  readonly stage: ClipStage
}

/** The words that a caller may choose; each has a default. */
export type ClipWords = Partial<Pick<Clip, 'of' | 'per' | 'shape'>>

/**
 * A clip of one rule: of the norm (of elements when the rule is made for them), per model, hard, unless said otherwise.
 * @throws RangeError when a rule for elements is asked to bound a norm
 */
export function clipOf(rule: ClipRule, words: ClipWords = {}): Clip {
  const { of = rule.bounds ?? 'norm', per = 'model', shape = 'hard' } = words
  if (rule.bounds === 'element' && of !== 'element')
    throw new RangeError(`${rule.name} finds a limit for single elements: of must be element, got ${of}`)
  return { name: rule.config?.name ?? rule.name, rule, of, per, shape, stage: 'gradient' }
}
