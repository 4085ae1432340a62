/**
 * Stochastic gradient descent on one flat array, with momentum in float64.
 *
 * Source: Polyak 1964 and, for Nesterov's form, Sutskever et al. 2013; as in PyTorch, without dampening:
 *     b ← μb + g    p ← p − α · b        Nesterov: p ← p − α · (g + μb)
 * With momentum PyTorch's b starts as the first gradient, which without dampening is the same as starting from 0.
 */
import type { ParameterLayout } from './layout.js'
import type { FlatOptimizer } from './optimizer.js'
import { readRuleOptions, WEIGHT_DECAY } from './rule-options.js'
import { decayOf, slotSteps } from './slot-steps.js'
import { loadSlots, resetSlots, saveSlots } from './slots.js'

export interface SgdOptions {
  /** μ, in [0, 1). Default 0. */
  readonly momentum?: number
  /** Nesterov's momentum; needs a momentum above 0. Default false. */
  readonly nesterov?: boolean
  /** Weight decay, at least 0: decoupled (Loshchilov & Hutter 2019, arXiv:1711.05101), or added to the gradient as an L2 penalty. Default 0. */
  readonly weightDecay?: number
  /** Default 'decoupled', as in adam; PyTorch's SGD has 'l2' alone. */
  readonly weightDecayKind?: 'decoupled' | 'l2'
}

export const SGD = {
  momentum: { kind: 'number', atLeast: 0, below: 1, default: 0, help: 'decay of the sum of gradients' },
  ...WEIGHT_DECAY,
} as const

/** @throws RangeError when an option is out of range, of the wrong type or misspelt */
export function sgd(layout: ParameterLayout, options: SgdOptions = {}): FlatOptimizer {
  const given = readRuleOptions('sgd', SGD, ['nesterov'], options as Readonly<Record<string, unknown>>)
  const { momentum, nesterov, weightDecay, weightDecayKind } = given
  if (nesterov && momentum === 0) throw new RangeError('sgd: nesterov needs a momentum above 0')

  const b = momentum > 0 ? new Float64Array(layout.size) : null
  const state = { steps: new Float64Array(layout.slots.length), moments: { ...(b && { b }) } }
  const begin = slotSteps('sgd', layout, state)

  return {
    name: 'sgd',

    step(parameters, gradient, learningRate, absent, revise) {
      const { present, propose, take } = begin(parameters, gradient, absent, revise)
      const { keep, penalty } = decayOf(weightDecay, weightDecayKind, learningRate)
      for (const { slot } of present) {
        const { offset, size } = slot
        for (let i = offset; i < offset + size; i++) {
          const p = parameters[i]!
          const g = gradient[i]! + penalty * p
          let direction = g
          if (b !== null) {
            const sum = momentum * b[i]! + g
            b[i] = sum
            direction = nesterov ? g + momentum * sum : sum
          }
          const by = learningRate * direction
          if (propose === null) parameters[i] = p * keep - by
          else propose[i] = by
        }
      }
      take(keep)
    },

    reset: () => resetSlots(state),

    save: () => saveSlots('sgd', state, layout),
    load: (saved) => loadSlots('sgd', state, layout, saved),
  }
}
