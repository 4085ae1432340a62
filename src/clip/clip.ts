/**
 * A clip is five words: which rule finds τ, what τ bounds, which gradients share one, what happens at the limit, and where.
 * Every method of the literature is a choice of these words with its paper's numbers (presets.ts). A plan is a list of clips, carried out
 * one after the other, each on the parameters that it names: so come chains, and rules of their own for actor, critic, biases and heads.
 */
import { refuseUnknown } from './options.js'
import type { ClipRule } from './rule.js'

/**
 * What τ bounds: the group's norm (L2, or L1, L∞), its root mean square (L2 / √size), or every element, to [−τ, τ].
 */
export const CLIP_OF = ['norm', 'norm-1', 'norm-inf', 'rms', 'element'] as const
export type ClipOf = (typeof CLIP_OF)[number]

/** Which gradients share a τ. `unit`: one output feature, all weights into it; biases and vectors are one unit each as a whole. */
export const CLIP_PER = ['model', 'network', 'layer', 'tensor', 'unit'] as const
export type ClipPer = (typeof CLIP_PER)[number]

/**
 * At the limit: hard min(1, τ/n), soft τ/(τ+n), normalize τ/n; rescale, of elements only: those above τ are multiplied by τ/largest, so
 * that they keep their proportions.
 */
export const CLIP_SHAPES = ['hard', 'soft', 'normalize', 'rescale'] as const
export type ClipShape = (typeof CLIP_SHAPES)[number]

/** Before the optimiser's moments, or on the step that it proposes. */
export const CLIP_STAGES = ['gradient', 'update'] as const
export type ClipStage = (typeof CLIP_STAGES)[number]

/**
 * Whose last bits a hard clip of a norm has: exact multiplies by τ/n above the limit and touches nothing at it; torch by
 * min(1, τ/(n + 1e-6)), which shrinks a gradient at its limit; tensorflow by τ·min(1/n, 1/τ); optax divides at the limit and above.
 */
export const CLIP_LIKE = ['exact', 'torch', 'tensorflow', 'optax'] as const
export type ClipLikeLibrary = (typeof CLIP_LIKE)[number]

export interface Clip {
  /** Preset or rule name, for logs and files. */
  readonly name: string
  readonly rule: ClipRule
  readonly of: ClipOf
  readonly per: ClipPer
  readonly shape: ClipShape
  readonly stage: ClipStage
  readonly like: ClipLikeLibrary
  /** Patterns of parameters (optim/selection.ts); empty: all. */
  readonly only: readonly string[]
  /** Patterns of parameters that are left out. */
  readonly except: readonly string[]
  /** What was cut off is added to the next gradient (U-Clip). */
  readonly errorFeedback: boolean
}

/** Carried out in this order; at least one. */
export type ClipPlan = readonly Clip[]

export const asPlan = (clips: Clip | ClipPlan): ClipPlan => ('rule' in clips ? [clips] : clips)

/** The words that may contradict each other; `only` and `except` never do. */
export type LegalWords = Pick<Clip, 'of' | 'per' | 'shape' | 'stage' | 'like' | 'errorFeedback'>

/** The words that a caller may choose; each has a default. */
export type ClipWords = Partial<Omit<Clip, 'name' | 'rule'>>

const WORDS = ['of', 'per', 'shape', 'stage', 'like', 'only', 'except', 'errorFeedback'] as const satisfies (keyof ClipWords)[]

/**
 * A clip of one rule: of the norm (of elements when the rule is made for them), per model, hard, of the gradient, all parameters, unless
 * said otherwise.
 * @throws RangeError when the words do not go together
 */
export function clipOf(rule: ClipRule, words: ClipWords = {}): Clip {
  const { of = rule.bounds ?? 'norm', per = 'model', shape = 'hard', stage = 'gradient', like = 'exact' } = words
  const { only = [], except = [], errorFeedback = false } = words
  refuseUnknown(rule.name, WORDS, words)
  for (const [word, value, allowed] of [
    ['of', of, CLIP_OF],
    ['per', per, CLIP_PER],
    ['shape', shape, CLIP_SHAPES],
    ['stage', stage, CLIP_STAGES],
    ['like', like, CLIP_LIKE],
  ] as const) {
    if (!(allowed as readonly unknown[]).includes(value))
      throw new RangeError(`${rule.name}: ${word} must be one of ${allowed.join(', ')}, got ${JSON.stringify(value)}`)
  }
  const why = whyIllegal(rule, { of, per, shape, stage, like, errorFeedback })
  if (why !== null) throw new RangeError(`${rule.name}: ${why}`)
  return { name: rule.config?.name ?? rule.name, rule, of, per, shape, stage, like, only, except, errorFeedback }
}

/** What is wrong with a rule's words, or null when they go together. */
export function whyIllegal(rule: ClipRule, { of, shape, stage, like, errorFeedback }: LegalWords): string | null {
  if (rule.bounds === 'element' && of !== 'element') return `finds a limit for single elements: of must be element, got ${of}`
  if (shape === 'rescale' && of !== 'element') return `shape rescale is for of=element, got of=${of}`
  if (rule.measures !== undefined && of === 'element') return `measures the ${rule.measures} as a whole: of must not be element`
  if (rule.measures === 'loss' && stage === 'update') return 'compares the loss with τ: stage must be gradient, got update'
  if (like !== 'exact' && (of === 'element' || shape !== 'hard')) return `like=${like} is for a hard clip of a norm`
  if (errorFeedback && stage === 'update') return 'errorFeedback is for stage gradient, got update'
  return null
}
