/**
 * AdaClip of Stable-SPAM: τ is a slow average of the largest magnitude, this gradient's included; what lies above is scaled down together,
 * g ← g · τ/max|g|. Meant per tensor, with shape rescale, and followed by gradient-stabilizer. Every ΔT steps the moments start anew.
 *
 *     m ← θ·m + (1 − θ)·max|g|    τ = m / (1 − θᵗ)
 *
 * Source: Huang et al. 2025, "Stable-SPAM" (arXiv:2502.17055), θ = 0.999, ΔT = 1000.
 */
import { type Options, type OptionTable, readOptions } from './options.js'
import type { ClipRule } from './rule.js'
import { resetEvery } from './spam.js'

export const EMA_MAX = {
  decay: { kind: 'number', atLeast: 0, below: 1, default: 0.999, help: 'θ, of the average of the largest magnitude' },
  resetEvery: {
    kind: 'number',
    whole: true,
    atLeast: 1,
    orNull: 'never',
    default: null,
    help: "steps between resets of the optimiser's moments",
  },
} as const satisfies OptionTable

export type EmaMaxOptions = Partial<Options<typeof EMA_MAX>>

type EmaMaxState = {
  /** m, uncorrected. */
  readonly mean: number
  /** θᵗ */
  readonly power: number
}

/** @throws RangeError when an option is out of range */
export function emaMax(options: EmaMaxOptions = {}): ClipRule<EmaMaxState> {
  const o = readOptions('ema-max', EMA_MAX, options)
  const next = ({ mean, power }: EmaMaxState, maxAbs: number): EmaMaxState => ({
    mean: o.decay * mean + (1 - o.decay) * maxAbs,
    power: power * o.decay,
  })
  return {
    name: `ema-max(${o.decay})`,
    config: { name: 'ema-max', ...o },
    needs: ['maxAbs'],
    bounds: 'element',
    init: () => ({ mean: 0, power: 1 }),
    threshold(state, { maxAbs }) {
      const { mean, power } = next(state, maxAbs)
      return mean > 0 ? mean / (1 - power) : Number.POSITIVE_INFINITY
    },
    observe: (state, { maxAbs }) => next(state, maxAbs),
    ...(o.resetEvery !== null && { request: ({ step }) => resetEvery(step, o.resetEvery, 0) }),
  }
}
