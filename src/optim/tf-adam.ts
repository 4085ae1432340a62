/**
 * Adam's step in tfjs operations: adam.ts is the same on flat arrays, with the sources.
 *
 * With M = m/(1 − β₁) and V = v/(1 − β₂), and the two scalars of step t
 *     rate = α · √(1 − β₂ᵗ) · (1 − β₁) / ((1 − β₁ᵗ) · √(1 − β₂))        added = ε · √(1 − β₂ᵗ) / √(1 − β₂)
 * it reads  p ← p − rate · M/(√V + added):  ten operations over all elements, where tf.train.adam takes fourteen.
 * In float32: against the float64 moments of adam.ts a step differs by about 1e-6 of its size.
 */
import { add, div, mul, sqrt, square, sub } from '@tensorflow/tfjs-core'
import { ADAM } from './adam.js'
import { readRuleOptions, type WeightDecayOptions } from './rule-options.js'
import type { TfRule } from './tf-rule.js'
import { larger, spend } from './tf-spent.js'

export interface TfAdamOptions extends WeightDecayOptions {
  /** Decay of the first moment, in [0, 1). Default 0.9. */
  readonly beta1?: number
  /** Decay of the second moment, in [0, 1). Default 0.999. */
  readonly beta2?: number
  /** ε, above 0. Default 1e-8. */
  readonly epsilon?: number
  /** Where ε is added: to the corrected root (PyTorch; default) or to the uncorrected one (TensorFlow, Keras). */
  readonly epsilonTo?: 'corrected' | 'uncorrected'
  /** Divides by the largest second moment so far. Default false. */
  readonly amsgrad?: boolean
}

export function adamRule(given: Readonly<Record<string, unknown>>): TfRule {
  const options = readRuleOptions('tfAdam', ADAM, ['amsgrad'], given)
  const { beta1, beta2, epsilon, epsilonTo, weightDecay, weightDecayKind, amsgrad } = options
  const l2 = weightDecay > 0 && weightDecayKind === 'l2'
  const decoupled = weightDecay > 0 && weightDecayKind === 'decoupled'
  const unit = Math.sqrt(1 - beta2) // √v = unit · √V

  return {
    options,
    moments: [['m', 0], ['v', 0], ...(amsgrad ? [['largest', 0] as const] : [])],

    update(p, gradient, [m, v, largest], { count, rate, constant }) {
      const root = Math.sqrt(1 - beta2 ** count)
      const scale = (rate * root * (1 - beta1)) / ((1 - beta1 ** count) * unit)
      const added = (epsilonTo === 'corrected' ? epsilon * root : epsilon) / unit
      const g = l2 ? add(gradient, mul(p, constant(weightDecay))) : gradient
      const oldFirst = mul(m!, constant(beta1))
      const first = spend(add(oldFirst, g), oldFirst)
      const [oldSecond, squared] = [mul(v!, constant(beta2)), square(g)]
      const second = spend(add(oldSecond, squared), oldSecond, squared)
      const top = largest ? larger(largest, second) : null
      const spread = sqrt(top ?? second)
      const divisor = spend(add(spread, constant(added)), spread)
      const direction = spend(div(first, divisor), divisor)
      const moved = spend(mul(direction, constant(scale)), direction)
      const kept = decoupled ? mul(p, constant(1 - rate * weightDecay)) : p
      return [spend(sub(kept, moved), moved), first, second, ...(top ? [top] : [])]
    },

    secondMoment: ([, v], count, corrected) => mul(v!, unit ** 2 / (corrected ? 1 - beta2 ** count : 1)),
  }
}
