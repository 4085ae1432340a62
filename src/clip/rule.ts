/**
 * The clip-rule contract. A rule sees a few numbers about one group of gradients and answers one: τ, the limit in force.
 * It knows nothing of tensors, axes or optimisers; those belong to the applier (optim/clipper.ts), so that n rules and m
 * granularities come from n + m pieces.
 *
 * Order of every step: stats → threshold → scale → observe. A gradient is never judged by history that already holds it, and τ can
 * be known before the gradient is read back from a device. (A preset that bears a paper's name does what the paper does.)
 */
import type { Json } from '../core/json.js'

/** One group before clipping. Every number is finite: non-finite gradients never reach a rule. */
export interface GradientStats {
  /** Elements in the group, at least 1. */
  readonly size: number
  /** L2, L1 or L∞ norm, as the clip says; L2 by default. */
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
}

export interface ClipContext {
  /** Optimiser steps taken before this one. */
  readonly step: number
  readonly learningRate: number
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

export interface ClipRule<S extends Json = Json> {
  /** The rule with its main number, for logs: 'fixed(0.5)'. */
  readonly name: string
  init(): S
  /** τ for this gradient, above 0; Infinity = no limit. Never changes state. */
  threshold(state: S, stats: GradientStats, context: ClipContext): number
  /** The state after this gradient was seen. */
  observe(state: S, stats: GradientStats, applied: Applied): S
  /** The state after a signal, once per update. Absent: the rule listens to none. */
  feedback?(state: S, signal: Signal): S
}
