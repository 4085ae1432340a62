/**
 * A limit only for norms that stand out: z = (n − μ)/(σ + eps) over moving averages of earlier norms, and a limit where z > zMax.
 *
 * Source: Kumar et al. 2025, "ZClip" (arXiv:2504.02507), and its code (bluorion-com/ZClip). Warm-up: μ and σ (ddof 0) of the first `warmup`
 * norms. Then, for a norm that stands out:
 *   adaptive     τ = μ + zMax²·σ/z: the further out, the nearer to μ
 *   mean         τ = μ
 *   percentile   τ = μ + zMax·σ, for every norm
 * and after each step c = min(n, τ) feeds μ ← αμ + (1 − α)c, σ² ← ασ² + (1 − α)(c − μ)² with the new μ. `max` limits the norm on top of
 * that, also in the warm-up, and never reaches the averages.
 *
 * Where we differ: `leastSigma` (0 as published). Without it norms that were all equal in the warm-up leave σ = 0, and then τ = μ feeds μ
 * back for ever, however large the norms become. Where all norms were 0 there is no scale yet, and no limit.
 */
import { type Options, type OptionTable, readOptions } from './options.js'
import type { ClipRule } from './rule.js'

export const ZSCORE = {
  zMax: { kind: 'number', above: 0, default: 2.5, help: 'standard deviations above the mean from which a norm stands out' },
  mode: { kind: 'choice', values: ['adaptive', 'mean', 'percentile'], default: 'adaptive', help: 'τ of a norm that stands out' },
  alpha: { kind: 'number', atLeast: 0, below: 1, default: 0.97, help: 'share of the moving averages kept each step' },
  warmup: { kind: 'number', whole: true, atLeast: 2, default: 25, help: 'norms that the first averages are taken over' },
  max: { kind: 'number', above: 0, orNull: 'none', default: 1, help: 'upper bound of τ, from the first step on' },
  eps: { kind: 'number', above: 0, default: 1e-6, help: 'added to σ in z' },
  leastSigma: { kind: 'number', atLeast: 0, default: 1e-3, help: 'σ counts as at least this share of μ' },
} as const satisfies OptionTable

export type ZscoreOptions = Partial<Options<typeof ZSCORE>>

type ZscoreState = {
  /** Norms of the warm-up; empty after it. */
  readonly first: readonly number[]
  /** null in the warm-up. */
  readonly mean: number | null
  /** σ, not σ²: squares of large norms are no finite numbers. */
  readonly sigma: number
}

/** @throws RangeError when an option is out of range */
export function zscore(options: ZscoreOptions = {}): ClipRule<ZscoreState> {
  const o = readOptions('zscore', ZSCORE, options)
  const cap = o.max ?? Number.POSITIVE_INFINITY

  /** τ before the cap; Infinity for a norm that does not stand out. */
  function limit({ mean, sigma: measured }: ZscoreState, norm: number): number {
    if (mean === null || mean === 0) return Number.POSITIVE_INFINITY
    const sigma = Math.max(measured, o.leastSigma * mean)
    if (o.mode === 'percentile') return mean + o.zMax * sigma
    const z = (norm - mean) / (sigma + o.eps)
    if (!(z > o.zMax)) return Number.POSITIVE_INFINITY
    return o.mode === 'mean' ? mean : mean + (o.zMax / z) * o.zMax * sigma
  }

  return {
    name: `zscore(${o.zMax})`,
    config: { name: 'zscore', ...o },
    needs: [],
    init: () => ({ first: [], mean: null, sigma: 0 }),
    threshold: (state, { norm }) => Math.min(limit(state, norm), cap),
    observe(state, { norm }) {
      const { mean, sigma } = state
      if (mean === null) {
        const first = [...state.first, norm]
        return first.length < o.warmup ? { ...state, first } : { first: [], ...moments(first) }
      }
      const kept = Math.min(norm, limit(state, norm))
      const next = o.alpha * mean + (1 - o.alpha) * kept
      return { first: [], mean: next, sigma: Math.hypot(Math.sqrt(o.alpha) * sigma, Math.sqrt(1 - o.alpha) * (kept - next)) }
    },
    explain: (state) =>
      state.mean === null
        ? `τ ${o.max ?? '∞'}: ${state.first.length} of ${o.warmup} norms of the warm-up seen`
        : `τ beyond μ ${short(state.mean)} + ${o.zMax} σ of ${short(Math.max(state.sigma, o.leastSigma * state.mean))}`,
  }
}

function moments(norms: readonly number[]): { readonly mean: number; readonly sigma: number } {
  const mean = norms.reduce((sum, norm) => sum + norm / norms.length, 0)
  return { mean, sigma: Math.hypot(...norms.map((norm) => (norm - mean) / Math.sqrt(norms.length))) }
}

const short = (value: number): string => String(Number(value.toPrecision(4)))
