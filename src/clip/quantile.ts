/**
 * τ follows a quantile of the norms without remembering any: b is the share of the last `every` norms that were at most τ, and
 *   geometric    τ ← τ·exp(−η(b − γ))
 *   arithmetic   τ ← τ − η(b − γ)
 * so that in the long run a share γ of the norms is left alone.
 *
 * Source: Andrew, Thakkar, McMahan & Ramaswamy 2021, "Differentially private learning with adaptive clipping" (arXiv:1905.03871), without
 * its noise: γ 0.5, η 0.2, τ₀ 0.1, geometric. There b is taken over the clients of a round; here over gradients in a row. The arithmetic
 * form can step below 0, and a long run of zero gradients leads either form there: τ never falls below min.
 */
import { type Options, type OptionTable, readOptions } from './options.js'
import type { ClipRule } from './rule.js'

export const QUANTILE = {
  quantile: { kind: 'number', above: 0, below: 1, default: 0.5, help: 'γ, the share of norms at most τ; 0.9 clips one in ten' },
  eta: { kind: 'number', above: 0, default: 0.2, help: 'η, the size of a step' },
  kind: { kind: 'choice', values: ['geometric', 'arithmetic'], default: 'geometric', help: 'steps of log τ, or of τ itself' },
  tau0: { kind: 'number', above: 0, default: 0.1, help: 'τ at the start' },
  every: { kind: 'number', whole: true, atLeast: 1, default: 1, help: 'norms between two steps' },
  min: { kind: 'number', above: 0, default: 1e-6, help: 'τ is never below this' },
} as const satisfies OptionTable

export type QuantileOptions = Partial<Options<typeof QUANTILE>>

type QuantileState = {
  readonly tau: number
  /** Norms since the last step, and how many of them were at most τ. */
  readonly seen: number
  readonly within: number
}

/** @throws RangeError when an option is out of range */
export function quantile(options: QuantileOptions = {}): ClipRule<QuantileState> {
  const o = readOptions('quantile', QUANTILE, options)
  return {
    name: `quantile(${o.quantile})`,
    config: { name: 'quantile', ...o },
    needs: [],
    dependsOn: 'past',
    init: () => ({ tau: Math.max(o.tau0, o.min), seen: 0, within: 0 }),
    threshold: ({ tau }) => tau,
    observe({ tau, seen: before, within: fewer }, { norm }) {
      const seen = before + 1
      const within = fewer + (norm <= tau ? 1 : 0)
      if (seen < o.every) return { tau, seen, within }
      const step = o.eta * (within / seen - o.quantile)
      const moved = o.kind === 'geometric' ? tau * Math.exp(-step) : tau - step
      return { tau: Math.min(Math.max(moved, o.min), Number.MAX_VALUE), seen: 0, within: 0 }
    },
  }
}
