/**
 * The clip-rule contract. A rule sees a few numbers about one group of gradients and answers one: τ, the limit in force.
 * It knows nothing of tensors, axes or optimisers; those belong to the applier (optim/clipper.ts), so that n rules and m
 * granularities come from n + m pieces.
 *
 * Order of every step: stats → threshold → scale → observe. A gradient is never judged by history that already holds it, and τ can
 * be known before the gradient is read back from a device. (A preset that bears a paper's name does what the paper does.)
 */
import type { Json, JsonObject } from '../core/json.js'

/**
 * One group before clipping. Every number is finite (non-finite gradients never reach a rule), except that a statistic which the rule
 * did not ask for in `needs` is NaN, so that a forgotten need shows at once.
 */
export interface GradientStats {
  /** Elements in the group, at least 1. */
  readonly size: number
  /** What τ bounds: the L2, L1 or L∞ norm or the root mean square, as the clip says; for a clip of elements the largest magnitude. */
  readonly norm: number
  readonly maxAbs: number
  /** Mean of the signed elements. */
  readonly mean: number
  /** Standard deviation of the signed elements, ddof 0. */
  readonly std: number
  /** Mean of the magnitudes |g|. */
  readonly meanAbs: number
  /** L2 norm of the group's parameters. */
  readonly paramNorm: number
  /** L2 norm of all that the clip works on, this group included. Absent: the group is all there is. */
  readonly totalNorm?: number
}

/** The statistics that cost another pass over the gradient (`paramNorm`: over the parameters). */
export type StatName = 'maxAbs' | 'mean' | 'std' | 'meanAbs' | 'paramNorm'

export interface ClipContext {
  /** Optimiser steps taken before this one. */
  readonly step: number
  readonly learningRate: number
  /** The loss whose gradient this is, where the caller knows it. */
  readonly loss?: number
}

/** What was done to the group: `norm` is the norm after clipping. */
export interface Applied {
  readonly tau: number
  readonly norm: number
}

/** A number that says how training goes, once per update. `name` is one of 'return', 'value-loss', 'loss', 'kl', or the caller's own. */
export interface Signal {
  readonly name: string
  readonly value: number
}

/** What a rule asks of the optimiser before a step. */
export interface OptimizerRequest {
  /** Moments and step counters start from zero again. */
  readonly resetMoments: boolean
  /** Factor of the learning rate in this step. */
  readonly rate: number
}

/** τ = share · max(‖weights‖, least), held within [floor, ceiling]. */
export interface WeightLimit {
  readonly share: number
  readonly least: number
  readonly floor: number
  readonly ceiling: number
}

export interface ClipRule<S extends Json = Json> {
  /** The rule with its main number, for logs: 'fixed(0.5)'. */
  readonly name: string
  /** What createClip needs to make the same rule again: its name in the registry and its options. Absent: a rule of the caller's own. */
  readonly config?: { readonly name: string } & JsonObject
  /** Statistics that `threshold` or `observe` read beside `norm` and `size`. Absent: all of them. */
  readonly needs?: readonly StatName[]
  /** 'element' when τ is a limit for single elements and makes no sense as one for a norm. */
  readonly bounds?: 'element'
  /** Name of the one signal that `feedback` listens to. */
  readonly listensTo?: string
  /** What is compared with τ. Absent: what the clip's stage clips. 'gradient': the gradient also at stage update. 'loss': the loss itself. */
  readonly measures?: 'gradient' | 'loss'
  /**
   * Elements are measured in units of this, above 0: |g| / yardstick in place of |g| in every norm. An element whose yardstick is 0 or
   * not finite is not measured and not limited.
   * @param parameter the element's weight @param secondMoment Adam's v of it; NaN unless `readsSecondMoment`
   */
  yardstick?(parameter: number, secondMoment: number): number
  /** The yardstick needs an optimiser with second moments (our Adam, our RMSprop): as it keeps them, or with their bias corrected. */
  readonly readsSecondMoment?: 'raw' | 'corrected'
  /**
   * Which gradients τ depends on: none ('nothing': step, learning rate and signals say it all, and `observe` changes nothing) or earlier ones
   * ('past'). Absent: also the one at hand. What is said here lets a GPU go on without waiting for the host.
   */
  readonly dependsOn?: 'nothing' | 'past'
  /** For a rule that is a share of the weights: the same τ as `threshold`, as numbers for a device that has the weights. */
  byWeights?(context: ClipContext): WeightLimit
  /** Absent: nothing is asked of the optimiser. */
  request?(context: ClipContext): OptimizerRequest
  init(): S
  /** τ for this gradient, above 0; Infinity = no limit. Never changes state. */
  threshold(state: S, stats: GradientStats, context: ClipContext): number
  /** The state after this gradient was seen. */
  observe(state: S, stats: GradientStats, applied: Applied): S
  /** The state after a signal, once per update. Absent: the rule listens to none. */
  feedback?(state: S, signal: Signal): S
  /** What the rule last decided and why, in one line. */
  explain?(state: S): string
}
