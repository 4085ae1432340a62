/**
 * Every gradient gets the norm τ = m̂/(√v̂ + eps), which moving averages of the norm and of its square give: near 1 while norms are steady,
 * bounded whatever the size of a spike. Meant for one tensor at a time and for shape normalize; it is no limit but a new length.
 *     m ← γ₁m + (1 − γ₁)n,   v ← γ₂v + (1 − γ₂)n²,   m̂ = m/(1 − γ₁ᵗ),   v̂ = v/(1 − γ₂ᵗ)
 *
 * Source: Huang et al. 2025, the AdaGN of "Stable-SPAM" (arXiv:2502.17055), later called GradientStabilizer; γ₁ 0.7, γ₂ 0.9. As published
 * the current norm is averaged in first, and the ratio has no unit: gradients s times as large come out the same. It still turns one step
 * down after a spike: norms 1, 1, 1, 50, 1 become 1, 1, 1, 0.754, 0.570. A zero gradient has no direction; it leaves the averages alone.
 */
import { type Options, type OptionTable, readOptions } from './options.js'
import type { ClipRule } from './rule.js'

export const GRADIENT_STABILIZER = {
  gamma1: { kind: 'number', atLeast: 0, below: 1, default: 0.7, help: 'γ₁, share of the mean norm kept each step' },
  gamma2: { kind: 'number', atLeast: 0, below: 1, default: 0.9, help: 'γ₂, share of the mean square kept each step' },
  eps: { kind: 'number', above: 0, default: 1e-8, help: 'added to √v̂' },
} as const satisfies OptionTable

export type GradientStabilizerOptions = Partial<Options<typeof GRADIENT_STABILIZER>>

type StabilizerState = {
  readonly mean: number
  /** √v, not v: squares of large norms are no finite numbers. */
  readonly root: number
  /** γ₁ᵗ and γ₂ᵗ. */
  readonly power1: number
  readonly power2: number
}

/** @throws RangeError when an option is out of range */
export function gradientStabilizer(options: GradientStabilizerOptions = {}): ClipRule<StabilizerState> {
  const o = readOptions('gradient-stabilizer', GRADIENT_STABILIZER, options)

  function next(state: StabilizerState, norm: number): StabilizerState {
    if (norm === 0) return state
    return {
      mean: o.gamma1 * state.mean + (1 - o.gamma1) * norm,
      root: Math.hypot(Math.sqrt(o.gamma2) * state.root, Math.sqrt(1 - o.gamma2) * norm),
      power1: state.power1 * o.gamma1,
      power2: state.power2 * o.gamma2,
    }
  }

  return {
    name: 'gradient-stabilizer',
    config: { name: 'gradient-stabilizer', ...o },
    needs: [],
    init: () => ({ mean: 0, root: 0, power1: 1, power2: 1 }),
    threshold(state, { norm }) {
      const { mean, root, power1, power2 } = next(state, norm)
      if (mean === 0) return Number.POSITIVE_INFINITY // nothing but zeros so far
      return Math.max(mean / (1 - power1) / (root / Math.sqrt(1 - power2) + o.eps), Number.MIN_VALUE)
    },
    observe: (state, { norm }) => next(state, norm),
  }
}
