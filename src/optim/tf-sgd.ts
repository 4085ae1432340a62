/** SGD's step in tfjs operations: sgd.ts is the same on flat arrays, with the sources. */
import { add, mul, sub } from '@tensorflow/tfjs-core'
import { readRuleOptions, type WeightDecayOptions } from './rule-options.js'
import { SGD } from './sgd.js'
import type { TfRule } from './tf-rule.js'
import { spend } from './tf-spent.js'

export interface TfSgdOptions extends WeightDecayOptions {
  /** μ in b ← μb + g, in [0, 1). Default 0. */
  readonly momentum?: number
  /** Nesterov's momentum: the step is g + μb. Needs a momentum above 0. Default false. */
  readonly nesterov?: boolean
}

export function sgdRule(given: Readonly<Record<string, unknown>>): TfRule {
  const options = readRuleOptions('tfSgd', SGD, ['nesterov'], given)
  const { momentum, nesterov, weightDecay, weightDecayKind } = options
  if (nesterov && momentum === 0) throw new RangeError('tfSgd: nesterov needs a momentum above 0')
  const l2 = weightDecay > 0 && weightDecayKind === 'l2'
  const decoupled = weightDecay > 0 && weightDecayKind === 'decoupled'

  return {
    options,
    moments: momentum > 0 ? [['b', 0]] : [],

    update(p, gradient, [b], { rate, constant }) {
      const g = l2 ? add(gradient, mul(p, constant(weightDecay))) : gradient
      const kept = decoupled ? mul(p, constant(1 - rate * weightDecay)) : p
      if (!b) return [sub(kept, mul(g, constant(rate)))]
      const old = mul(b, constant(momentum))
      const sum = spend(add(old, g), old)
      const direction = nesterov ? add(g, mul(sum, constant(momentum))) : sum
      const moved = mul(direction, constant(rate))
      return [spend(sub(kept, moved), moved), sum]
    },
  }
}
