/**
 * Adam on one flat array, with the moments in float64.
 *
 * Source: Kingma & Ba 2015 (arXiv:1412.6980), algorithm 1:
 *     m ← β₁m + (1 − β₁)g    v ← β₂v + (1 − β₂)g²    p ← p − α · (m/(1 − β₁ᵗ)) / (√(v/(1 − β₂ᵗ)) + ε)
 * as in PyTorch and optax. `epsilonTo: 'uncorrected'` is the form of the paper's section 2 that TensorFlow and Keras use, √v + ε before the
 * bias correction of v, which makes ε up to 1/√(1 − β₂) times larger in the first steps.
 * Every parameter counts its own steps: one without a gradient waits, as in PyTorch.
 */
import type { ParameterLayout } from './layout.js'
import type { FlatOptimizer } from './optimizer.js'
import { readRuleOptions, WEIGHT_DECAY } from './rule-options.js'
import { decayOf, slotSteps } from './slot-steps.js'
import { loadSlots, resetSlots, saveSlots } from './slots.js'

export interface AdamOptions {
  /** Decay of the first moment, in [0, 1). Default 0.9. */
  readonly beta1?: number
  /** Decay of the second moment, in [0, 1). Default 0.999. */
  readonly beta2?: number
  /** ε, above 0. Default 1e-8, as in the paper; PPO uses 1e-5. */
  readonly epsilon?: number
  /** Where ε is added: to the corrected root (default) or to the uncorrected one. */
  readonly epsilonTo?: 'corrected' | 'uncorrected'
  /** Weight decay, at least 0: decoupled (Loshchilov & Hutter 2019, arXiv:1711.05101), or added to the gradient as an L2 penalty. Default 0. */
  readonly weightDecay?: number
  /** Default 'decoupled'. */
  readonly weightDecayKind?: 'decoupled' | 'l2'
  /** AMSGrad (Reddi et al. 2018): divides by the largest second moment so far, taken before its bias correction. Default false. */
  readonly amsgrad?: boolean
}

export const ADAM = {
  beta1: { kind: 'number', atLeast: 0, below: 1, default: 0.9, help: 'decay of the first moment' },
  beta2: { kind: 'number', atLeast: 0, below: 1, default: 0.999, help: 'decay of the second moment' },
  epsilon: { kind: 'number', above: 0, default: 1e-8, help: 'added to the root of the second moment' },
  epsilonTo: {
    kind: 'choice',
    values: ['corrected', 'uncorrected'],
    default: 'corrected',
    help: 'the root before or after bias correction',
  },
  ...WEIGHT_DECAY,
} as const

/** @throws RangeError when an option is out of range, of the wrong type or misspelt */
export function adam(layout: ParameterLayout, options: AdamOptions = {}): FlatOptimizer {
  const given = readRuleOptions('adam', ADAM, ['amsgrad'], options as Readonly<Record<string, unknown>>)
  const { beta1, beta2, epsilon, epsilonTo, weightDecay, weightDecayKind, amsgrad } = given

  const m = new Float64Array(layout.size)
  const v = new Float64Array(layout.size)
  const largest = amsgrad ? new Float64Array(layout.size) : null
  const state = { steps: new Float64Array(layout.slots.length), moments: largest === null ? { m, v } : { m, v, largest } }

  const begin = slotSteps('adam', layout, state)
  let scaled: Float64Array | null = null // made when first asked for

  function unbiased(): Float64Array {
    scaled ??= new Float64Array(layout.size)
    const corrected = scaled
    layout.slots.forEach(({ offset, size }, s) => {
      const bias = 1 - beta2 ** state.steps[s]! // 0 before the first step, when v is 0 too
      for (let i = offset; i < offset + size; i++) corrected[i] = bias > 0 ? v[i]! / bias : 0
    })
    return corrected
  }

  return {
    name: 'adam',
    secondMoment: (corrected) => (corrected ? unbiased() : v),

    step(parameters, gradient, learningRate, absent, revise) {
      const { present, propose, take } = begin(parameters, gradient, absent, revise)
      const { keep, penalty } = decayOf(weightDecay, weightDecayKind, learningRate)
      for (const { slot, count: t } of present) {
        const { offset, size } = slot
        const rate = learningRate / (1 - beta1 ** t)
        const rootCorrection = Math.sqrt(1 - beta2 ** t)
        const added = epsilonTo === 'corrected' ? epsilon : epsilon / rootCorrection
        for (let i = offset; i < offset + size; i++) {
          const p = parameters[i]!
          const g = gradient[i]! + penalty * p
          const first = beta1 * m[i]! + (1 - beta1) * g
          let second = beta2 * v[i]! + (1 - beta2) * g * g
          m[i] = first
          v[i] = second
          if (largest !== null) second = largest[i] = Math.max(largest[i]!, second)
          const by = (rate * first) / (Math.sqrt(second) / rootCorrection + added)
          if (propose === null) parameters[i] = p * keep - by
          else propose[i] = by
        }
      }
      take(keep)
    },

    reset: () => resetSlots(state),

    save: () => saveSlots('adam', state, layout),
    load: (saved) => loadSlots('adam', state, layout, saved),
  }
}

/** AdamW: Adam with a decoupled weight decay, 0.01 by default as in PyTorch. @throws RangeError when an option is out of range */
export const adamw = (layout: ParameterLayout, options: Omit<AdamOptions, 'weightDecayKind'> = {}): FlatOptimizer =>
  adam(layout, { ...options, weightDecay: options.weightDecay ?? 0.01 })
