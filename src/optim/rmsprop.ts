/**
 * RMSprop on one flat array, with the moments in float64.
 *
 * Source: Tieleman & Hinton 2012 (lecture 6.5), as in PyTorch:
 *     v ← ρv + (1 − ρ)g²    p ← p − α · g / (√v + ε)
 * `epsilonTo: 'inside'` is TensorFlow's and optax's √(v + ε). Stable-Baselines3's RMSpropTFLike, meant to match the A2C of OpenAI baselines,
 * is that with `initial: 1`.
 */
import type { ParameterLayout } from './layout.js'
import type { FlatOptimizer } from './optimizer.js'
import { readRuleOptions, WEIGHT_DECAY } from './rule-options.js'
import { decayOf, slotSteps } from './slot-steps.js'
import { loadSlots, resetSlots, saveSlots } from './slots.js'

export interface RmspropOptions {
  /** ρ, the decay of the squared gradient, in [0, 1). Default 0.99. */
  readonly decay?: number
  /** ε, above 0. Default 1e-8; A2C uses 1e-5. */
  readonly epsilon?: number
  /** Where ε is added: outside the root (default) or inside. */
  readonly epsilonTo?: 'outside' | 'inside'
  /** v before the first step, at least 0. Default 0. */
  readonly initial?: number
  /** Divides by the root of the variance, v minus the squared mean of the gradient. Default false. */
  readonly centered?: boolean
  /** μ in b ← μb + step, in [0, 1). Default 0. */
  readonly momentum?: number
  /** Whether b sums gradients over their root and α scales the sum (PyTorch, the default), or α is inside the sum (TensorFlow, Keras). */
  readonly momentumOf?: 'direction' | 'step'
  /** Weight decay, at least 0: decoupled (Loshchilov & Hutter 2019, arXiv:1711.05101), or added to the gradient as an L2 penalty. Default 0. */
  readonly weightDecay?: number
  /** Default 'decoupled', as in adam; PyTorch's RMSprop has 'l2' alone. */
  readonly weightDecayKind?: 'decoupled' | 'l2'
}

export const RMSPROP = {
  decay: { kind: 'number', atLeast: 0, below: 1, default: 0.99, help: 'decay of the squared gradient' },
  epsilon: { kind: 'number', above: 0, default: 1e-8, help: 'added to the root of the squared gradient' },
  epsilonTo: { kind: 'choice', values: ['outside', 'inside'], default: 'outside', help: 'outside the root or inside' },
  initial: { kind: 'number', atLeast: 0, default: 0, help: 'the mean square before the first step' },
  momentum: { kind: 'number', atLeast: 0, below: 1, default: 0, help: 'decay of the sum of steps' },
  momentumOf: { kind: 'choice', values: ['direction', 'step'], default: 'direction', help: 'whether the sum holds the learning rate' },
  ...WEIGHT_DECAY,
} as const

/** @throws RangeError when an option is out of range, of the wrong type or misspelt */
export function rmsprop(layout: ParameterLayout, options: RmspropOptions = {}): FlatOptimizer {
  const given = readRuleOptions('rmsprop', RMSPROP, ['centered'], options as Readonly<Record<string, unknown>>)
  const { decay, epsilon, epsilonTo, initial, momentum, momentumOf, weightDecay, weightDecayKind, centered } = given

  const v = new Float64Array(layout.size).fill(initial)
  const mean = centered ? new Float64Array(layout.size) : null
  const b = momentum > 0 ? new Float64Array(layout.size) : null
  const moments = { v, ...(mean && { mean }), ...(b && { b }) }
  const state = { steps: new Float64Array(layout.slots.length), moments }

  const begin = slotSteps('rmsprop', layout, state)

  return {
    name: 'rmsprop',
    secondMoment: () => v, // its bias is never corrected

    step(parameters, gradient, learningRate, absent, revise) {
      const { present, propose, take } = begin(parameters, gradient, absent, revise)
      const { keep, penalty } = decayOf(weightDecay, weightDecayKind, learningRate)
      for (const { slot } of present) {
        const { offset, size } = slot
        for (let i = offset; i < offset + size; i++) {
          const p = parameters[i]!
          const g = gradient[i]! + penalty * p
          let spread = decay * v[i]! + (1 - decay) * g * g
          v[i] = spread
          if (mean !== null) {
            const average = decay * mean[i]! + (1 - decay) * g
            mean[i] = average
            spread = Math.max(spread - average * average, 0) // rounding may leave it below 0
          }
          const root = epsilonTo === 'outside' ? Math.sqrt(spread) + epsilon : Math.sqrt(spread + epsilon)
          let by = (learningRate * g) / root
          if (b !== null) {
            const sum = momentum * b[i]! + (momentumOf === 'direction' ? g / root : by)
            b[i] = sum
            by = momentumOf === 'direction' ? learningRate * sum : sum
          }
          if (propose === null) parameters[i] = p * keep - by
          else propose[i] = by
        }
      }
      take(keep)
    },

    reset() {
      resetSlots(state)
      v.fill(initial)
    },

    save: () => saveSlots('rmsprop', state, layout),
    load: (saved) => loadSlots('rmsprop', state, layout, saved),
  }
}
