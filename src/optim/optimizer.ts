/** Optimisers on one flat array of parameters: the contract, and the one that a configuration names. */
import type { Bundle } from '../core/bundle.js'
import type { OptimizerConfig } from '../core/config/schema.js'
import { adam } from './adam.js'
import type { ParameterLayout } from './layout.js'
import { rmsprop } from './rmsprop.js'

/** Parameters and gradients are float32 in training; float64 serves tests against references. */
export type FloatArray = Float32Array | Float64Array

/** v of an optimiser as it stands; with its bias corrected where it has one. The array belongs to the optimiser. */
export type SecondMoment = (corrected: boolean) => Float64Array

export type Revise = (update: Float64Array) => void

export interface FlatOptimizer {
  readonly name: string
  /**
   * One step, in place. `gradient` is left as it is and must be finite (the clipper's report says so).
   * @param absent names of parameters without a gradient in this step: weights, moments and step counter of these wait
   * @param revise may change the step before it is taken: what will be subtracted from the parameters, decoupled weight decay apart. The
   *   moments are those after this gradient.
   */
  step(parameters: FloatArray, gradient: FloatArray, learningRate: number, absent?: ReadonlySet<string>, revise?: Revise): void
  /** Absent: none is kept. */
  readonly secondMoment?: SecondMoment
  /** Moments and step counters start anew. */
  reset(): void
  /** Moments and step counters: enough to go on bit for bit. */
  save(): Bundle
  /** @throws RunError when it was saved by another optimiser or for other parameters */
  load(saved: Bundle): void
}

/** The optimiser of a configuration; settings of the other kind are ignored. */
export function createOptimizer(config: OptimizerConfig, layout: ParameterLayout): FlatOptimizer {
  const { name, beta1, beta2, decay, epsilon } = config
  switch (name) {
    case 'adam':
      return adam(layout, { beta1, beta2, epsilon })
    case 'rmsprop':
      return rmsprop(layout, { decay, epsilon })
  }
}
