/**
 * Adam, AdamW and RMSprop by the kernels: the flat optimisers of src/optim with moments in float32, each network's part by itself.
 *
 * Where a clip changes proposed steps, the kernels only bring the moments up to date and the step is proposed from them in plain loops. What
 * the kernels do not know (AMSGrad, momentum, centred RMSprop with an L2 penalty, SGD, AClip) is the flat optimiser's as it is.
 */
import type { OptimizerConfig } from '../../src/core/config/schema.js'
import type { Kernels } from '../../src/kernels/kernels.js'
import type { ParameterLayout } from '../../src/optim/layout.js'
import { createOptimizer, type FlatOptimizer, type FloatArray } from '../../src/optim/optimizer.js'
import { decayOf } from '../../src/optim/slot-steps.js'
import { loadSlots, resetSlots, type SlotState, saveSlots } from '../../src/optim/slots.js'
import { type FusedArray, fusedArray, networkRuns } from './fused-memory.js'

/** One step of a rule over everything, all parameters having taken the same number of steps. */
interface FusedRule {
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

/** For these two arrays alone: `step` is called with their values. */
export function fusedOptimizer(
  kernels: Kernels,
  config: OptimizerConfig,
  layout: ParameterLayout,
  parameters: FusedArray,
  gradient: FusedArray,
): FlatOptimizer {
  const rule = ruleOf(kernels, config, layout.size, parameters, gradient)
  if (rule === null) return createOptimizer(config, layout)
  const runs = [...networkRuns(layout).values()].flat()
  const moments = Object.fromEntries(Object.entries(rule.moments).map(([name, { values }]) => [name, values]))
  const state: SlotState = { steps: new Float64Array(layout.slots.length), moments }
  let proposed: Float64Array | null = null // made when first asked for
  let second: Float64Array | null = null

  function take(t: number, learningRate: number, revise: (update: Float64Array) => void): void {
    for (const { offset, size } of runs) rule!.observe(4 * offset, size)
    proposed ??= new Float64Array(layout.size)
    for (let i = 0; i < proposed.length; i++) proposed[i] = rule!.propose(i, t, learningRate)
    revise(proposed)
    const keep = rule!.keep(learningRate)
    const { values } = parameters
    for (let i = 0; i < proposed.length; i++) values[i] = values[i]! * keep - proposed[i]!
  }

  return {
    name: rule.name,

    secondMoment(corrected) {
      second ??= new Float64Array(layout.size)
      const t = state.steps[0] ?? 0
      const bias = corrected && t > 0 ? rule.bias(t) : 1
      for (let i = 0; i < second.length; i++) second[i] = rule.v.values[i]! / bias
      return second
    },

    step(given, slope, learningRate, absent, revise) {
      checkArrays(parameters, gradient, given, slope, absent)
      for (let s = 0; s < state.steps.length; s++) state.steps[s]!++
      const t = state.steps[0]!
      if (revise !== undefined) return take(t, learningRate, revise)
      for (let r = 0; r < runs.length; r++) rule.run(4 * runs[r]!.offset, runs[r]!.size, t, learningRate)
    },

    reset: () => resetSlots(state),
    save: () => saveSlots(rule.name, state, layout),
    load: (saved) => loadSlots(rule.name, state, layout, saved),
  }
}

/** The rule that `config` names, or null where the kernels do not know it. */
function ruleOf(kernels: Kernels, config: OptimizerConfig, size: number, p: FusedArray, g: FusedArray): FusedRule | null {
  switch (config.name) {
    case 'adam':
    case 'adamw':
      return config.amsgrad ? null : adamRule(kernels, config, size, p, g)
    case 'rmsprop': {
      const penalized = config.weightDecayKind === 'l2' && (config.weightDecay ?? 0) > 0
      return config.centered || config.momentum > 0 || penalized ? null : rmspropRule(kernels, config, size, p, g)
    }
    default:
      return null
  }
}

/** src/optim/adam.ts */
function adamRule(kernels: Kernels, config: OptimizerConfig, size: number, parameters: FusedArray, gradient: FusedArray): FusedRule {
  const { name, beta1, beta2, epsilon, weightDecayKind } = config
  const weightDecay = config.weightDecay ?? (name === 'adamw' ? 0.01 : 0)
  const kind = name === 'adamw' ? 'decoupled' : weightDecayKind
  const m = fusedArray(kernels, size)
  const v = fusedArray(kernels, size)
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
function rmspropRule(kernels: Kernels, config: OptimizerConfig, size: number, parameters: FusedArray, gradient: FusedArray): FusedRule {
  const { decay, epsilon } = config
  const v = fusedArray(kernels, size)
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

function checkArrays(
  parameters: FusedArray,
  gradient: FusedArray,
  given: FloatArray,
  slope: FloatArray,
  absent: ReadonlySet<string> | undefined,
): void {
  if (given !== parameters.values || slope !== gradient.values) {
    throw new RangeError('fused optimizer: expected the arrays that it was made for, got others')
  }
  if (absent !== undefined && absent.size > 0) throw new RangeError('fused optimizer: expected a gradient of every parameter')
}
