/**
 * A limit in proportion to a moving average of the clipped norms: τ = λ·γ, γ ← βγ + (1 − β)·min(n, τ), meant for one tensor at a time.
 *
 * Source: Wang et al. 2025, "AdaGC" (arXiv:2502.11034), λ 1.05, β 0.98, and in the first `warmup` steps a limit of `absolute` = 1 while
 * γ ← min(γ, clipped norm). Paddle's ClipGradByAdaptiveNorm: λ 1.04, β 0.99. Since γ is fed with clipped norms, a spike of any size lifts
 * it by at most (1 − β)(λ − 1), 0.1 %; and it can grow no faster than that each step, so a rise of the norms by 10 takes 2,300 steps.
 *
 * The absolute limit is one on the whole gradient, not on each tensor: in the warm-up τ = n·absolute/‖all tensors‖, so all of them shrink
 * by one factor.
 *
 * Where we differ: a norm of 0 is passed over: γ = 0 would freeze the tensor for good. Steps are counted from 0; code that counts from 1
 * leaves the warm-up one earlier.
 */
import { type Options, type OptionTable, readOptions } from './options.js'
import type { ClipRule, GradientStats } from './rule.js'

export const EMA_NORM = {
  lambda: { kind: 'number', above: 0, default: 1.05, help: 'λ, τ per average norm; at 1 or below γ only ever falls' },
  beta: { kind: 'number', atLeast: 0, below: 1, default: 0.98, help: 'β, share of the average kept each step' },
  warmup: { kind: 'number', whole: true, atLeast: 1, default: 100, help: 'steps under the absolute limit' },
  absolute: { kind: 'number', above: 0, orNull: 'none', default: 1, help: 'limit on the norm of the whole gradient in the warm-up' },
} as const satisfies OptionTable

export type EmaNormOptions = Partial<Options<typeof EMA_NORM>>

type EmaNormState = {
  /** Gradients seen, up to the end of the warm-up. */
  readonly seen: number
  /** γ; null before the first norm above 0. */
  readonly gamma: number | null
}

/** @throws RangeError when an option is out of range */
export function emaNorm(options: EmaNormOptions = {}): ClipRule<EmaNormState> {
  const o = readOptions('ema-norm', EMA_NORM, options)
  const absolute = o.absolute ?? Number.POSITIVE_INFINITY

  function limit({ seen, gamma }: EmaNormState, { norm, totalNorm = norm }: GradientStats): number {
    if (seen >= o.warmup && gamma !== null) return Math.max(o.lambda * gamma, Number.MIN_VALUE)
    return norm > 0 ? Math.max(norm * (absolute / totalNorm), Number.MIN_VALUE) : absolute
  }

  return {
    name: `ema-norm(${o.lambda})`,
    config: { name: 'ema-norm', ...o },
    needs: [],
    init: () => ({ seen: 0, gamma: null }),
    threshold: limit,
    observe(state, stats) {
      const { norm } = stats
      const seen = Math.min(state.seen + 1, o.warmup)
      if (norm === 0) return { ...state, seen }
      const kept = Math.min(norm, limit(state, stats)) // not the norm after clipping: of another shape than hard it would feed on itself
      if (state.gamma === null) return { seen, gamma: kept }
      const gamma = state.seen < o.warmup ? Math.min(state.gamma, kept) : o.beta * state.gamma + (1 - o.beta) * kept
      return { seen, gamma: Math.max(gamma, Number.MIN_VALUE) }
    },
  }
}
