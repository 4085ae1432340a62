/** Optimisers on one flat array of parameters: the contract, and the one that a configuration names. */
import type { Bundle } from '../core/bundle.js'
import type { OptimizerConfig } from '../core/config/schema.js'
import { acclip } from './acclip.js'
import { type AdamOptions, adam, adamw } from './adam.js'
import type { ParameterLayout } from './layout.js'
import { rmsprop } from './rmsprop.js'
import { sgd } from './sgd.js'

/** Parameters and gradients are float32 in training; float64 serves tests against references. */
export type FloatArray = Float32Array | Float64Array

/** v of an optimiser as it stands; with its bias corrected where it has one. The array belongs to the optimiser. */
export type SecondMoment = (corrected: boolean) => Float64Array

export type Revise = (update: FloatArray) => void

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

/** The optimiser of a configuration; settings of the other kinds are ignored. */
export function createOptimizer(config: OptimizerConfig, layout: ParameterLayout): FlatOptimizer {
  const { name, epsilon, momentum, weightDecayKind } = config
  const tensorflow = config.epsilonAs === 'tensorflow'
  const weightDecay = config.weightDecay ?? 0
  switch (name) {
    case 'adam':
    case 'adamw': {
      const { beta1, beta2, amsgrad } = config
      const options: AdamOptions = { beta1, beta2, amsgrad, epsilon, epsilonTo: tensorflow ? 'uncorrected' : 'corrected' }
      if (name === 'adam') return adam(layout, { ...options, weightDecay, weightDecayKind })
      return adamw(layout, { ...options, ...(config.weightDecay !== null && { weightDecay }) })
    }
    case 'rmsprop': {
      const { decay, centered } = config
      const epsilonTo = tensorflow ? 'inside' : 'outside'
      return rmsprop(layout, { decay, centered, epsilon, epsilonTo, momentum, weightDecay, weightDecayKind })
    }
    case 'acclip':
      return acclip(layout, { beta1: config.beta1, beta2: config.magnitudeDecay, moment: config.moment, epsilon })
    case 'sgd':
      return sgd(layout, { momentum, nesterov: config.nesterov && momentum > 0, weightDecay, weightDecayKind })
  }
}
