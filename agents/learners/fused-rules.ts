/**
 * Adam, AdamW and RMSprop on the kernels, each on any part of the flat arrays: so that networks may be stepped by two threads. The same
 * formulas as src/optim, with moments in float32.
 */
import type { OptimizerConfig } from '../../src/core/config/schema.js'
import type { Kernels } from '../../src/kernels/kernels.js'
import { decayOf } from '../../src/optim/slot-steps.js'
import { type FusedArray, fusedArray } from './fused-memory.js'

/** One step of a rule over everything, all parameters having taken the same number of steps. */
export interface FusedRule {
  readonly name: string
  readonly moments: Readonly<Record<string, FusedArray>>
  readonly v: FusedArray
  /** What v is divided by once t steps are taken; 1: its bias is not corrected. */
  bias(t: number): number
  /** Moments and parameters of one run, at these bytes from the start of every array. */
  run(at: number, size: number, t: number, learningRate: number): void
  /** Moments alone. */
  observe(at: number, size: number): void
  /** What step t takes off parameter i beside its decay, from the moments as they are. */
  propose(i: number, t: number, learningRate: number): number
  /** Share of a weight that its decay leaves. */
  keep(learningRate: number): number
}

/**
 * The rule that `config` names, or null where the kernels do not know it.
 * @param moment where its moments lie; default: in new arrays of zeros
 */
export function fusedRule(
  kernels: Kernels,
  config: OptimizerConfig,
  parameters: FusedArray,
  gradient: FusedArray,
  moment: (name: string) => FusedArray = () => fusedArray(kernels, parameters.values.length),
): FusedRule | null {
  switch (config.name) {
    case 'adam':
    case 'adamw':
      return config.amsgrad ? null : adamRule(kernels, config, parameters, gradient, moment)
    case 'rmsprop': {
      const penalized = config.weightDecayKind === 'l2' && (config.weightDecay ?? 0) > 0
      return config.centered || config.momentum > 0 || penalized ? null : rmspropRule(kernels, config, parameters, gradient, moment)
    }
    default:
      return null
  }
}

/** src/optim/adam.ts */
function adamRule(
  kernels: Kernels,
  config: OptimizerConfig,
  parameters: FusedArray,
  gradient: FusedArray,
  moment: (name: string) => FusedArray,
): FusedRule {
  const { name, beta1, beta2, epsilon, weightDecayKind } = config
  const weightDecay = config.weightDecay ?? (name === 'adamw' ? 0.01 : 0)
  const kind = name === 'adamw' ? 'decoupled' : weightDecayKind
  const m = moment('m')
  const v = moment('v')
  const bias = (t: number) => 1 - beta2 ** t
  const added = (t: number) => (config.epsilonAs === 'pytorch' ? epsilon : epsilon / Math.sqrt(bias(t)))
  const { penalty } = decayOf(weightDecay, kind, 0)
  const keep = (learningRate: number) => decayOf(weightDecay, kind, learningRate).keep
  const run = (at: number, count: number, rate: number, inverseRoot: number, eps: number, kept: number): void =>
    kernels.adam(
      parameters.address + at,
      gradient.address + at,
      m.address + at,
      v.address + at,
      count,
      1,
      beta1,
      beta2,
      rate,
      inverseRoot,
      eps,
      kept,
      penalty,
    )
  return {
    name: 'adam',
    moments: { m, v },
    v,
    bias,
    keep,
    run: (at, count, t, learningRate) =>
      run(at, count, learningRate / (1 - beta1 ** t), 1 / Math.sqrt(bias(t)), added(t), keep(learningRate)),
    observe: (at, count) => run(at, count, 0, 1, 1, 1),
    propose: (i, t, learningRate) => ((learningRate / (1 - beta1 ** t)) * m.values[i]!) / (Math.sqrt(v.values[i]! / bias(t)) + added(t)),
  }
}

/** src/optim/rmsprop.ts */
function rmspropRule(
  kernels: Kernels,
  config: OptimizerConfig,
  parameters: FusedArray,
  gradient: FusedArray,
  moment: (name: string) => FusedArray,
): FusedRule {
  const { decay, epsilon } = config
  const v = moment('v')
  const inside = config.epsilonAs === 'tensorflow'
  const keep = (learningRate: number) => decayOf(config.weightDecay ?? 0, 'decoupled', learningRate).keep
  const run = (at: number, count: number, rate: number): void =>
    kernels.rmsprop(parameters.address + at, gradient.address + at, v.address + at, count, 1, decay, rate, epsilon, inside ? 1 : 0)
  return {
    name: 'rmsprop',
    moments: { v },
    v,
    bias: () => 1,
    keep,
    run(at, count, _t, learningRate) {
      const kept = keep(learningRate)
      if (kept !== 1) kernels.scale(parameters.address + at, count, kept)
      run(at, count, learningRate)
    },
    observe: (at, count) => run(at, count, 0),
    propose(i, _t, learningRate) {
      const spread = v.values[i]!
      return (learningRate * gradient.values[i]!) / (inside ? Math.sqrt(spread + epsilon) : Math.sqrt(spread) + epsilon)
    },
  }
}
