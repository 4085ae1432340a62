/** What one step of a clipped optimiser did to the gradient: the words of gradient-monitor.ts. */

/** The parts of a report that cost a pass or a read more; without them a step is measured from its gradient alone. */
export type StepDetail = 'cosine' | 'update-ratio' | 'second-moment' | 'units'

export interface StepReport {
  /** 0 for the first. */
  readonly step: number
  /** NaN where the optimiser has none. */
  readonly learningRate: number
  /** A gradient was not finite: nothing was changed. The norms are then NaN where they are not finite. */
  readonly skipped: boolean
  /** Steps skipped so far, this one included. */
  readonly skippedSoFar: number
  /** Share of groups above their limit (of=element: of elements). */
  readonly clipRate: number
  /** Everything as one part, 'model'. */
  readonly model: PartReport
  readonly layers: readonly PartReport[]
  /** Rows of weights into one output; biases as a whole. Empty unless 'units' is asked for. */
  readonly units: readonly PartReport[]
}

/** One layer, one unit or the whole. */
export interface PartReport {
  readonly name: string
  /** L2 norm of the gradient as it came. */
  readonly normBefore: number
  /** L2 norm after the clips of stage gradient. */
  readonly normAfter: number
  /** normAfter / normBefore; 1 for a gradient of zeros. */
  readonly scale: number
  /** The smallest τ of the clip groups that touch the part; Infinity: no limit. NaN in a skipped step. */
  readonly tau: number
  /** Share of those groups that were above their limit. */
  readonly clipRate: number
  /** Elements of the gradient that are not finite. */
  readonly nonFinite: number
  /** Between the gradient as it came and as clipped, in [−1, 1]: 1 when only its length changed. Null: not asked for, or a norm is 0. */
  readonly cosine: number | null
  /** ‖new weights − old weights‖ / ‖old weights‖. Null: not asked for, skipped, or the weights are 0. */
  readonly updateRatio: number | null
  /** Null: not asked for, or the optimiser has none or keeps it to itself. */
  readonly secondMoment: SecondMomentSpread | null
}

/** Of √v̂ after the step: what the update is divided by. */
export interface SecondMomentSpread {
  readonly min: number
  readonly median: number
  readonly max: number
  /** Share of elements with √v̂ < ε, for which ε and not v̂ sets the size of the update. */
  readonly belowEpsilon: number
}
