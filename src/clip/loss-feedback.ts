/**
 * Loss feedback: performance worse → τ up, better → τ down, in the form that can be trained with.
 *
 * Once per update a signal x arrives (a loss, the mean return, …) and is smoothed, s ← decay·s + (1 − decay)·x. When s moved by more than
 * the dead band max(atol, rtol·|s before|), log τ moves one step of log(up) away from it; then the leak pulls it back:
 *     log(τ/τ₀) ← (1 − leak)·(log(τ/τ₀) ± log up), kept within [log(min/τ₀), log(max/τ₀)].
 * Steps up and down are equal in log τ, so a signal that wanders without a trend leaves τ where it was. Without the leak, a signal with
 * a trend (and returns and losses have one) drives τ to a bound and pins it there. The band is absolute around the last value, so it also
 * holds for negative losses. The first signal only sets the reference; one that is not finite changes nothing but a counter.
 * With `detrend` a change counts as far as it differs from the usual change (a smoothed one), so that a steady trend is no news at all.
 * With `anchor` the bounds are percentiles of the raw norms seen lately, in place of multiples of τ₀: a τ far above every norm limits none,
 * and one far below limits all alike.
 *
 * Source: ours; no published rule loosens when things get worse. The nearest relatives (adaptive-KL learning rates, reduce-on-plateau,
 * ALRC) tighten then: direction 'worse-down'. No benefit over a fixed threshold has been shown (see loss-feedback-literal.ts for the bare
 * form, which collapses).
 */
import { type Options, type OptionTable, readOptions } from './options.js'
import type { ClipRule } from './rule.js'

const SMALLEST = 2 ** -1022 // the smallest number with full precision

export const LOSS_FEEDBACK = {
  tau0: { kind: 'number', above: 0, default: 0.5, help: 'τ at the start, and where the leak leads back to' },
  signal: { kind: 'text', default: 'loss', help: "which signal counts: 'loss', 'value-loss', 'return', 'kl', or a name of your own" },
  better: { kind: 'choice', values: ['auto', 'higher', 'lower'], default: 'auto', help: "which way is better; auto: higher for 'return'" },
  direction: { kind: 'choice', values: ['worse-up', 'worse-down'], default: 'worse-up', help: 'where τ goes when the signal gets worse' },
  up: { kind: 'number', above: 1, default: 1.1, help: 'factor of one step; the step down is 1/up' },
  decay: { kind: 'number', atLeast: 0, below: 1, default: 0.9, help: 'smoothing of the signal; 0 = none' },
  rtol: { kind: 'number', atLeast: 0, default: 0.05, help: 'dead band relative to the last smoothed value' },
  atol: { kind: 'number', atLeast: 0, default: 0, help: 'dead band, absolute' },
  detrend: {
    kind: 'number',
    atLeast: 0,
    below: 1,
    orNull: 'not detrended',
    default: null,
    help: 'smoothing of the usual change, which is taken off each change',
  },
  leak: { kind: 'number', atLeast: 0, below: 1, default: 0.1, help: 'share of log(τ/τ₀) given back each update' },
  min: { kind: 'number', above: 0, orNull: 'τ₀/4, with anchor none', default: null, help: 'lower bound of τ' },
  max: { kind: 'number', above: 0, orNull: '4·τ₀, with anchor none', default: null, help: 'upper bound of τ' },
  anchor: {
    kind: 'number',
    above: 0,
    below: 50,
    orNull: 'no such bounds',
    default: null,
    help: 'p: τ stays between the p-th and the (100 − p)-th percentile of recent raw norms',
  },
  window: {
    kind: 'number',
    whole: true,
    atLeast: 2,
    default: 200,
    help: 'anchor: norms that are recent; no such bounds before there are so many',
  },
  warmup: { kind: 'number', whole: true, atLeast: 0, default: 0, help: 'signals after the first that only set the reference' },
  patience: { kind: 'number', whole: true, atLeast: 1, default: 1, help: 'moves of the signal in one direction before τ follows' },
  cooldown: { kind: 'number', whole: true, atLeast: 0, default: 0, help: 'updates that τ holds after it moved' },
} as const satisfies OptionTable

export type LossFeedbackOptions = Partial<Options<typeof LOSS_FEEDBACK>>

type LossFeedbackState = {
  readonly tau: number
  /** log(τ/τ₀) */
  readonly offset: number
  /** The smoothed signal; null before the first. */
  readonly smoothed: number | null
  /** The usual change of the smoothed signal; null before the first, and without `detrend`. */
  readonly trend: number | null
  /** The last raw norms above 0, in order of arrival; empty without `anchor`. */
  readonly norms: readonly number[]
  /** Finite signals so far. */
  readonly heard: number
  /** Signals that were not finite. */
  readonly ignored: number
  /** Moves of the signal in a row: above 0 better, below 0 worse. */
  readonly streak: number
  /** Updates that τ still holds. */
  readonly holding: number
  readonly decision: 'up' | 'down' | 'hold'
  readonly reason: string
}

/** @throws RangeError when an option is out of range, or τ₀ is not within [min, max] */
export function lossFeedback(options: LossFeedbackOptions = {}): ClipRule<LossFeedbackState> {
  const o = readOptions('loss-feedback', LOSS_FEEDBACK, options)
  const { min, max } = bounds(o)
  const sign = higherIsBetter('loss-feedback', o.signal, o.better) ? 1 : -1
  const step = Math.log(o.up)

  function next(state: LossFeedbackState, value: number): LossFeedbackState {
    const before = state.smoothed
    if (before === null) return { ...state, smoothed: value, heard: 1, decision: 'hold', reason: `first ${o.signal}: ${short(value)}` }
    const smoothed = o.decay * before + (1 - o.decay) * value
    const heard = state.heard + 1
    const change = Math.min(Math.max(smoothed - before, -Number.MAX_VALUE), Number.MAX_VALUE)
    const usual = o.detrend === null ? 0 : (state.trend ?? change)
    const trend = o.detrend === null ? null : o.detrend * usual + (1 - o.detrend) * change
    const seen = { ...state, smoothed, heard, trend }
    const story = `${o.signal} ${short(before)} → ${short(smoothed)}`
    if (heard <= 1 + o.warmup) return { ...seen, decision: 'hold', reason: `${story}, warming up` }

    const gain = sign * (change - usual)
    const band = Math.max(o.atol, o.rtol * Math.abs(before))
    const verdict = gain > band ? 1 : gain < -band ? -1 : 0
    const streak = verdict === 0 ? 0 : verdict === Math.sign(state.streak) ? state.streak + verdict : verdict
    const word = verdict === 0 ? 'within the dead band' : verdict > 0 ? 'better' : 'worse'
    if (state.holding > 0) return settle({ ...seen, streak, holding: state.holding - 1 }, 0, `${story}, ${word}, cooling down`)
    if (Math.abs(streak) < o.patience) return settle({ ...seen, streak }, 0, `${story}, ${word}`)
    const move = (o.direction === 'worse-up' ? -1 : 1) * verdict
    return settle({ ...seen, streak: 0, holding: o.cooldown }, move, `${story}, ${word}`)
  }

  function settle(state: LossFeedbackState, move: number, reason: string): LossFeedbackState {
    const { low, high } = recent(state.norms)
    const wanted = (1 - o.leak) * (state.offset + move * step)
    const offset = clamp(clamp(wanted, Math.log(low / o.tau0), Math.log(high / o.tau0)), Math.log(min / o.tau0), Math.log(max / o.tau0))
    const tau = clamp(o.tau0 * Math.exp(offset), min, max)
    const story = offset === wanted ? reason : `${reason}, at its bound`
    return { ...state, tau, offset, decision: move > 0 ? 'up' : move < 0 ? 'down' : 'hold', reason: story }
  }

  /** The percentiles that hold τ; no bounds before there are enough norms. */
  function recent(norms: readonly number[]): { readonly low: number; readonly high: number } {
    if (o.anchor === null || norms.length < o.window) return { low: 0, high: Number.POSITIVE_INFINITY }
    const sorted = norms.toSorted((a, b) => a - b)
    const at = (p: number): number => sorted[Math.round((p / 100) * (sorted.length - 1))]!
    return { low: at(o.anchor), high: at(100 - o.anchor) }
  }

  return {
    name: `loss-feedback(${o.signal})`,
    config: { name: 'loss-feedback', ...o },
    needs: [],
    dependsOn: o.anchor === null ? 'nothing' : 'past',
    listensTo: o.signal,
    init: () => ({
      tau: o.tau0,
      offset: 0,
      smoothed: null,
      trend: null,
      norms: [],
      heard: 0,
      ignored: 0,
      streak: 0,
      holding: 0,
      decision: 'hold',
      reason: `no ${o.signal} yet`,
    }),
    threshold: ({ tau }) => tau,
    observe(state, { norm }) {
      if (o.anchor === null || norm === 0) return state
      return { ...state, norms: [...(state.norms.length < o.window ? state.norms : state.norms.slice(1)), norm] }
    },
    feedback(state, { name, value }) {
      if (name !== o.signal) return state
      return Number.isFinite(value) ? next(state, value) : { ...state, ignored: state.ignored + 1 }
    },
    explain: ({ tau, decision, reason }) => `τ ${short(tau)} ${decision}: ${reason}`,
  }
}

/** The signals whose better way is known. */
const HIGHER_IS_BETTER: Readonly<Record<string, boolean>> = { return: true, loss: false, 'value-loss': false, kl: false }

/** @throws RangeError for a signal of the caller's own when `better` is not said */
export function higherIsBetter(where: string, signal: string, better: 'auto' | 'higher' | 'lower'): boolean {
  if (better !== 'auto') return better === 'higher'
  const known = Object.hasOwn(HIGHER_IS_BETTER, signal) ? HIGHER_IS_BETTER[signal] : undefined
  if (known === undefined) throw new RangeError(`${where}: say better=higher or better=lower for the signal "${signal}"`)
  return known
}

function bounds({ tau0, min, max, anchor }: Options<typeof LOSS_FEEDBACK>): { readonly min: number; readonly max: number } {
  const low = min ?? (anchor === null ? tau0 / 4 : Math.min(tau0, SMALLEST))
  const high = max ?? (anchor === null ? 4 * tau0 : Number.MAX_VALUE)
  if (!(low <= tau0 && tau0 <= high))
    throw new RangeError(`loss-feedback: tau0 must lie within [min, max] = [${low}, ${high}], got ${tau0}`)
  return { min: low, max: high }
}

const clamp = (value: number, low: number, high: number): number => Math.min(Math.max(value, low), high)

const short = (value: number): string => String(Number(value.toPrecision(4)))
