/**
 * The applier: carries out a `Clip` on one flat gradient. It knows tensors, axes and groups, and no rule by name.
 */
import type { Clip } from '../clip/clip.js'
import type { ClipContext, Signal } from '../clip/rule.js'
import type { Json } from '../core/json.js'
import type { ParameterLayout } from './layout.js'

/** What one group met in one step. */
export interface GroupReport {
  /** 'model', 'actor', 'actor/hidden-0', 'actor/hidden-0/kernel', 'actor/hidden-0/kernel#3'. */
  readonly name: string
  readonly tau: number
  readonly normBefore: number
  readonly normAfter: number
  readonly clipped: boolean
}

export interface ClipReport {
  /** True when a gradient was not finite: nothing was changed, the optimiser must not step. */
  readonly skipped: boolean
  /** Name of the first parameter with a non-finite gradient, or null. */
  readonly nonFinite: string | null
  /** L2 norm of the whole gradient. */
  readonly normBefore: number
  readonly normAfter: number
  /** Share of groups clipped; with of = 'element', of elements. */
  readonly clipRate: number
  readonly groups: readonly GroupReport[]
}

export interface Clipper {
  readonly clip: Clip
  /** Clips `gradient` in place. A gradient under its limit keeps its bits. */
  apply(gradient: Float32Array, parameters: Float32Array, context: ClipContext): ClipReport
  /** Passes a signal to every group's rule: once per update. */
  feedback(signal: Signal): void
  /** One line per group: what its rule last decided and why; empty for rules that say nothing. */
  save(): Json
  load(saved: Json): void
}

export type ClipperFactory = (clip: Clip, layout: ParameterLayout) => Clipper
