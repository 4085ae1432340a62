/**
 * A threshold with no number to choose: τ lies at the upper tail of the norms seen lately, so that about `rate` of them are clipped.
 *
 * Norms of gradients are positive, skewed and change their level by factors, so everything happens in their logarithm, x = log n, where one
 * estimate of location m and spread d holds at any level:
 *   warm-up      τ = 3 · median of the norms so far, for `warmup` norms (none at the first); then m = median, d = 1.4826·(median of |x − m|),
 *                which a few outliers do not move
 *   afterwards   τ = exp(m + k·d), k the normal quantile of 1 − rate: of log-normal norms a share `rate` is above
 *                u = (x − m)/d, held within ±3;  m ← m + a·d·u;  d ← d + a·d·(|u|·√(π/2) − 1), a = 1 − decay
 *   new level    norms beyond 3 d in a row on one side wait: `patience` of them are a new level, and m jumps to their median; when the row
 *                ends before, they were spikes, and move m and d as above
 *   always       τ ≤ `maxMove` · max(‖W‖, 0.1·√size)/α: a step of plain gradient descent moves no group by more than that share of its weights
 *                (weights of 0.1 where they are smaller). So for of = norm and norm-1 at stage gradient, whatever `per`; rms, norm-inf and
 *                element bound a smaller number than the norm, and a proposed step has α in it already
 * The last line is what stops an explosion, from the first step on: a rule that learns from norms alone learns those of the explosion. Under
 * Adam, whose steps do not grow with the gradient, it lies far above most norms, and where it does not the common factor cancels.
 * Since u is held, a spike of any size lifts τ by a few per cent and is forgotten within some 1/a steps. The mean of |u| gives d rather than the mean of u²: it is the more robust of the two.
 *
 * Source: ours. Location and spread with held residuals after Huber 1964; log norms as in percentile trackers (arXiv:1905.03871). Against
 * AutoClip it forgets. Against ZClip, whose averages see only what it let through, it follows a level that rises by 10; ZClip clips every
 * gradient from then on (test/clip/auto.test.ts). On the adding problem under SGD at rate 0.2 AutoClip, windowed percentiles and ZClip without
 * its cap diverge in nearly every run, and this rule in none. No gain in return over a fixed limit has been shown.
 */
import { type Options, type OptionTable, readOptions } from './options.js'
import type { ClipRule, GradientStats } from './rule.js'

const OUTLIER = 3 // spreads from the middle: 0.3 % of normal numbers lie beyond
const PROVISIONAL = 3 // times the median of the warm-up so far: beyond 2.7 usual spreads of 0.4
const LEAST_WEIGHT = 0.1 // root mean square of the weights that counts at least; biases start at 0
const LEAST_SPREAD = 0.01 // of log n; equal norms would leave none, and any other would be clipped

export const AUTO = {
  rate: { kind: 'number', above: 0, below: 0.5, default: 0.05, help: 'share of gradients to clip when norms are log-normal' },
  decay: { kind: 'number', atLeast: 0.5, below: 1, default: 0.98, help: 'share of location and spread kept each step' },
  warmup: { kind: 'number', whole: true, atLeast: 2, default: 50, help: 'norms observed before location and spread are known' },
  patience: { kind: 'number', whole: true, atLeast: 2, default: 10, help: 'outliers in a row that make a new level' },
  maxMove: {
    kind: 'number',
    above: 0,
    orNull: 'no bound',
    default: 0.05,
    help: 'τ times the learning rate, per norm of the weights, is at most this',
  },
} as const satisfies OptionTable

export type AutoOptions = Partial<Options<typeof AUTO>>

type AutoState = {
  /** m and d; null in the warm-up. */
  readonly location: number | null
  readonly spread: number
  /** Log norms: all of the warm-up; after it, the outliers in a row on one side. */
  readonly waiting: readonly number[]
  readonly news: string
}

/** After the warm-up. */
type Settled = AutoState & { readonly location: number }

/** @throws RangeError when an option is out of range */
export function auto(options: AutoOptions = {}): ClipRule<AutoState> {
  const o = readOptions('auto', AUTO, options)
  const k = upperQuantile(o.rate)
  const a = 1 - o.decay

  /** τ without the bound by the weights. */
  function limit({ location, spread, waiting }: AutoState): number {
    if (location !== null) return bounded(Math.exp(location + k * spread))
    return waiting.length === 0 ? Number.POSITIVE_INFINITY : bounded(PROVISIONAL * Math.exp(median(waiting)))
  }

  /** The norm of a gradient that moves the weights by `maxMove`; no bound where the learning rate is 0 or not known. */
  function guard({ paramNorm, size }: GradientStats, learningRate: number): number {
    if (o.maxMove === null || !(learningRate > 0)) return Number.POSITIVE_INFINITY
    return (o.maxMove / learningRate) * Math.max(paramNorm, LEAST_WEIGHT * Math.sqrt(size))
  }

  /** One log norm more in location and spread. */
  function moved(state: AutoState, x: number): AutoState {
    const { location, spread } = state as Settled
    const held = Math.min(Math.max((x - location) / spread, -OUTLIER), OUTLIER)
    const next = spread * (1 + a * (Math.abs(held) * Math.sqrt(Math.PI / 2) - 1))
    return { ...state, location: location + a * spread * held, spread: Math.max(next, LEAST_SPREAD) }
  }

  return {
    name: `auto(${o.rate})`,
    config: { name: 'auto', ...o },
    needs: o.maxMove === null ? [] : ['paramNorm'],
    init: () => ({ location: null, spread: LEAST_SPREAD, waiting: [], news: 'warming up' }),
    threshold: (state, stats, { learningRate }) => bounded(Math.min(limit(state), guard(stats, learningRate))),
    observe(state, { norm }) {
      if (norm === 0) return state // says nothing about a level
      const x = Math.log(norm)
      const { location, spread } = state
      if (location === null) {
        const waiting = [...state.waiting, x]
        if (waiting.length < o.warmup) return { ...state, waiting }
        const middle = median(waiting)
        const around = 1.4826 * median(waiting.map((one) => Math.abs(one - middle))) // of normal numbers: their standard deviation
        return { location: middle, spread: Math.max(around, LEAST_SPREAD), waiting: [], news: `level of the first ${o.warmup} norms` }
      }
      const { waiting } = state
      if (isOutlier(x, state) && (waiting.length === 0 || x > location === waiting[0]! > location)) {
        if (waiting.length + 1 < o.patience) return { ...state, waiting: [...waiting, x] }
        const news = `new level after ${o.patience} norms in a row ${x > location ? 'above' : 'below'} the old one`
        return { location: median([...waiting, x]), spread, waiting: [], news }
      }
      const decided = waiting.reduce(moved, { ...state, waiting: [] }) // they were spikes
      return isOutlier(x, decided) ? { ...decided, waiting: [x] } : moved(decided, x)
    },
    explain: (state) =>
      state.location === null
        ? `τ ${short(limit(state))}: ${state.waiting.length} of ${o.warmup} norms of the warm-up seen`
        : `τ ${short(limit(state))}: usual norm ${short(Math.exp(state.location))} × or ÷ ${short(Math.exp(state.spread))}, ${state.news}`,
  }
}

const isOutlier = (x: number, state: AutoState): boolean => {
  const { location, spread } = state as Settled
  return Math.abs(x - location) > OUTLIER * spread
}

/** z with P(Z > z) = p for a standard normal Z and p < 0.5, to 4.5e-4: Abramowitz & Stegun 26.2.23. */
function upperQuantile(p: number): number {
  const t = Math.sqrt(-2 * Math.log(p))
  return t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)))
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((x, y) => x - y)
  const half = sorted.length >>> 1
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2
}

/** Above 0; ∞ stays. */
const bounded = (tau: number): number => Math.max(tau, Number.MIN_VALUE)

const short = (value: number): string => String(Number(value.toPrecision(4)))
