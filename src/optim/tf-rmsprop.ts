/**
 * RMSprop's step in tfjs operations: rmsprop.ts is the same on flat arrays, with the sources.
 *
 * With V = v/(1 − ρ), the mean gradient G = mean/(1 − ρ) and s = √(1 − ρ): √v + ε = s(√V + ε/s), √(v + ε) = s√(V + ε/s²), and the centred
 * v − mean² = s²(V − s²G²). The common factor s goes into the rate.
 */
import { add, div, mul, relu, sqrt, square, sub, type Tensor } from '@tensorflow/tfjs-core'
import { RMSPROP } from './rmsprop.js'
import { readRuleOptions, type WeightDecayOptions } from './rule-options.js'
import type { TfRule } from './tf-rule.js'
import { spend } from './tf-spent.js'

export interface TfRmspropOptions extends WeightDecayOptions {
  /** ρ, the decay of the squared gradient, in [0, 1). Default 0.99. */
  readonly decay?: number
  /** ε, above 0. Default 1e-8. */
  readonly epsilon?: number
  /** Where ε is added: outside the root (PyTorch; default) or inside (TensorFlow, optax). */
  readonly epsilonTo?: 'outside' | 'inside'
  /** v before the first step, at least 0. Default 0. */
  readonly initial?: number
  /** Divides by the root of the variance, v minus the squared mean of the gradient. Default false. */
  readonly centered?: boolean
  /** μ in b ← μb + step, in [0, 1). Default 0. */
  readonly momentum?: number
  /** Whether b sums gradients over their root and α scales the sum (PyTorch; default), or α is inside the sum (TensorFlow, Keras). */
  readonly momentumOf?: 'direction' | 'step'
}

export function rmspropRule(given: Readonly<Record<string, unknown>>): TfRule {
  const options = readRuleOptions('tfRmsprop', RMSPROP, ['centered'], given)
  const { decay, epsilon, epsilonTo, initial, momentum, momentumOf, weightDecay, weightDecayKind, centered } = options
  const l2 = weightDecay > 0 && weightDecayKind === 'l2'
  const decoupled = weightDecay > 0 && weightDecayKind === 'decoupled'
  const unit = Math.sqrt(1 - decay)
  const added = epsilonTo === 'outside' ? epsilon / unit : epsilon / unit ** 2

  return {
    options,
    moments: [['v', initial / unit ** 2], ...(centered ? [['mean', 0] as const] : []), ...(momentum > 0 ? [['b', 0] as const] : [])],

    update(p, gradient, moments, { rate, constant }) {
      const [v, ...others] = moments
      const g = l2 ? add(gradient, mul(p, constant(weightDecay))) : gradient
      const [old, squared] = [mul(v!, constant(decay)), square(g)]
      const next: Tensor[] = [spend(add(old, squared), old, squared)]
      let spread = next[0]!
      if (centered) {
        const mean = add(mul(others[0]!, constant(decay)), g)
        next.push(mean)
        spread = relu(sub(spread, mul(square(mean), constant(unit ** 2)))) // rounding may leave it below 0
      }
      const root = epsilonTo === 'outside' ? add(sqrt(spread), constant(added)) : sqrt(add(spread, constant(added)))
      const direction = div(g, root)
      const scale = constant(rate / unit)
      let moved: Tensor
      if (momentum > 0) {
        const b = mul(others.at(-1)!, constant(momentum))
        const sum = add(b, momentumOf === 'direction' ? direction : mul(direction, scale))
        next.push(sum)
        moved = momentumOf === 'direction' ? mul(sum, scale) : sum
      } else moved = mul(direction, scale)
      const kept = decoupled ? mul(p, constant(1 - rate * weightDecay)) : p
      return [sub(kept, moved), ...next]
    },

    secondMoment: ([v]) => mul(v!, unit ** 2),
  }
}
