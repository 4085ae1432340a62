/**
 * Adam, AdamW and RMSprop by the kernels: the flat optimisers of src/optim with moments in float32, each network's part by itself.
 *
 * Where a clip changes proposed steps, the kernels only bring the moments up to date and the step is proposed from them in plain loops. What
 * the kernels do not know (AMSGrad, momentum, centred RMSprop with an L2 penalty, SGD, AClip) is the flat optimiser's as it is.
 */
import type { OptimizerConfig } from '../../src/core/config/schema.js'
import type { ParameterLayout } from '../../src/optim/layout.js'
import { createOptimizer, type FlatOptimizer, type FloatArray } from '../../src/optim/optimizer.js'
import { loadSlots, resetSlots, type SlotState, saveSlots } from '../../src/optim/slots.js'
import type { CriticPartner } from './critic-partner.js'
import { type FusedArray, networkRuns } from './fused-memory.js'
import type { FusedRule } from './fused-rules.js'

/**
 * For these two arrays alone: `step` is called with their values.
 * @param rule of these arrays @param partner steps the critic's part where it takes part
 */
export function fusedOptimizer(
  rule: FusedRule | null,
  config: OptimizerConfig,
  layout: ParameterLayout,
  parameters: FusedArray,
  gradient: FusedArray,
  partner: CriticPartner | null = null,
): FlatOptimizer {
  if (rule === null) return createOptimizer(config, layout)
  const networks = networkRuns(layout)
  const runs = [...networks.values()].flat()
  const others = [...networks].flatMap(([network, own]) => (network === 'critic' ? [] : own))
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
      const here = partner?.active && partner.step(t, learningRate) ? others : runs
      for (let r = 0; r < here.length; r++) rule.run(4 * here[r]!.offset, here[r]!.size, t, learningRate)
    },

    reset: () => resetSlots(state),
    save: () => saveSlots(rule.name, state, layout),
    load: (saved) => loadSlots(rule.name, state, layout, saved),
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
