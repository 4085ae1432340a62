/**
 * ACClip on one flat array: the momentum, not the gradient, is clipped, each element to its own slow average of magnitudes. That fits none
 * of the five words of a clip (it needs momentum, and there is nothing else to the method), so it is an optimiser.
 *
 * Source: Zhang et al. 2020, "Why are adaptive methods good for attention models?" (arXiv:1912.03194), algorithm 2 (no official code; the
 * numbers of the defaults follow its text):
 *     m ← β₁m + (1 − β₁)g    τᵃ ← β₂τᵃ + (1 − β₂)|g|ᵃ    p ← p − α · min(1, τ/(|m| + ε)) · m
 */
import type { ParameterLayout } from './layout.js'
import type { FlatOptimizer } from './optimizer.js'
import { readRuleOptions } from './rule-options.js'
import { slotSteps } from './slot-steps.js'
import { loadSlots, resetSlots, saveSlots } from './slots.js'

export interface AcclipOptions {
  /** Decay of the momentum, in [0, 1). Default 0.9. */
  readonly beta1?: number
  /** Decay of the average of |g|ᵃ, in [0, 1). Default 0.99. */
  readonly beta2?: number
  /** a, the moment of the magnitudes that is averaged, in (0, 2]. Default 1. */
  readonly moment?: number
  /** ε, above 0. Default 1e-5. */
  readonly epsilon?: number
}

export const ACCLIP = {
  beta1: { kind: 'number', atLeast: 0, below: 1, default: 0.9, help: 'decay of the momentum' },
  beta2: { kind: 'number', atLeast: 0, below: 1, default: 0.99, help: 'decay of the average magnitude' },
  moment: { kind: 'number', above: 0, atMost: 2, default: 1, help: 'moment of the magnitudes that is averaged' },
  epsilon: { kind: 'number', above: 0, default: 1e-5, help: 'added to the momentum' },
} as const

/** @throws RangeError when an option is out of range, of the wrong type or misspelt */
export function acclip(layout: ParameterLayout, options: AcclipOptions = {}): FlatOptimizer {
  const { beta1, beta2, moment, epsilon } = readRuleOptions('acclip', ACCLIP, [], options as Readonly<Record<string, unknown>>)

  const m = new Float64Array(layout.size)
  const limit = new Float64Array(layout.size) // τᵃ
  const state = { steps: new Float64Array(layout.slots.length), moments: { m, limit } }
  const begin = slotSteps('acclip', layout, state)

  return {
    name: 'acclip',

    step(parameters, gradient, learningRate, absent, revise) {
      const { present, propose, take } = begin(parameters, gradient, absent, revise)
      for (const { slot } of present) {
        const { offset, size } = slot
        for (let i = offset; i < offset + size; i++) {
          const g = gradient[i]!
          const first = beta1 * m[i]! + (1 - beta1) * g
          const power = beta2 * limit[i]! + (1 - beta2) * Math.abs(g) ** moment
          m[i] = first
          limit[i] = power
          const by = learningRate * Math.min(1, power ** (1 / moment) / (Math.abs(first) + epsilon)) * first
          if (propose === null) parameters[i] = parameters[i]! - by
          else propose[i] = by
        }
      }
      take(1)
    },

    reset: () => resetSlots(state),
    save: () => saveSlots('acclip', state, layout),
    load: (saved) => loadSlots('acclip', state, layout, saved),
  }
}
