/**
 * Loss feedback in its bare form, for study: τ × up when the signal got worse than the last one, τ × down when it got better, without
 * smoothing, dead band, leak or bounds.
 *
 * It collapses: 1.1 · 0.9 < 1, so even a signal that wanders without a trend sends τ towards 0 (about 0.7 % of τ₀ left after 1,000
 * updates), and a loss that mostly improves does so faster. Use loss-feedback.ts to train. Only the ends of the number line are kept, so
 * that τ stays above 0 and finite.
 */
import { higherIsBetter } from './loss-feedback.js'
import { type Options, type OptionTable, readOptions } from './options.js'
import type { ClipRule } from './rule.js'

const SMALLEST = 2 ** -1022 // the smallest number with full precision

export const LOSS_FEEDBACK_LITERAL = {
  tau0: { kind: 'number', above: 0, default: 0.5, help: 'τ at the start' },
  signal: { kind: 'text', default: 'loss', help: "which signal counts: 'loss', 'value-loss', 'return', 'kl', or a name of your own" },
  better: { kind: 'choice', values: ['auto', 'higher', 'lower'], default: 'auto', help: "which way is better; auto: higher for 'return'" },
  up: { kind: 'number', above: 1, default: 1.1, help: 'factor when worse' },
  down: { kind: 'number', above: 0, below: 1, default: 0.9, help: 'factor when better' },
} as const satisfies OptionTable

export type LossFeedbackLiteralOptions = Partial<Options<typeof LOSS_FEEDBACK_LITERAL>>

type LiteralState = {
  readonly tau: number
  /** The last finite signal; null before the first. */
  readonly last: number | null
  readonly decision: 'up' | 'down' | 'hold'
}

/** @throws RangeError when an option is out of range */
export function lossFeedbackLiteral(options: LossFeedbackLiteralOptions = {}): ClipRule<LiteralState> {
  const o = readOptions('loss-feedback-literal', LOSS_FEEDBACK_LITERAL, options)
  const sign = higherIsBetter('loss-feedback-literal', o.signal, o.better) ? 1 : -1
  return {
    name: `loss-feedback-literal(${o.signal})`,
    config: { name: 'loss-feedback-literal', ...o },
    needs: [],
    dependsOn: 'nothing',
    listensTo: o.signal,
    init: () => ({ tau: o.tau0, last: null, decision: 'hold' }),
    threshold: ({ tau }) => tau,
    observe: (state) => state,
    feedback(state, { name, value }) {
      if (name !== o.signal || !Number.isFinite(value)) return state
      if (state.last === null || value === state.last) return { ...state, last: value, decision: 'hold' }
      const better = sign * value > sign * state.last
      const tau = Math.min(Math.max(state.tau * (better ? o.down : o.up), SMALLEST), Number.MAX_VALUE)
      return { tau, last: value, decision: better ? 'down' : 'up' }
    },
    explain: ({ tau, last, decision }) => `τ ${Number(tau.toPrecision(4))} ${decision}: ${o.signal} ${last ?? 'not heard yet'}`,
  }
}
