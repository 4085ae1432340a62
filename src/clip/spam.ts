/**
 * SPAM: an element whose square is far above Adam's second moment is a spike and is cut to it, |g| ≤ √(θ·v); and every ΔT steps Adam's
 * moments start anew, with a short warm-up of the step, so that no spike lingers in them.
 *
 * Source: Huang et al. 2025, "SPAM: Spike-aware Adam with momentum reset" (arXiv:2501.06842), numbers as in the published code: θ = 5000,
 * ΔT = 500, a cosine from 1 % of the step to all of it over 150 steps after a reset, and no cutting in the first 20 steps after the start
 * or a reset, when v is young. In five words: a fixed τ = √θ for each element, which is measured in units of √v. An element whose v is 0
 * is not cut here; cutting it to 0 would keep it at 0 for ever.
 */
import { type Options, type OptionTable, readOptions } from './options.js'
import type { ClipRule } from './rule.js'

export const SPAM = {
  theta: { kind: 'number', above: 0, default: 5000, help: 'largest g² per second moment v' },
  resetEvery: {
    kind: 'number',
    whole: true,
    atLeast: 1,
    orNull: 'never',
    default: 500,
    help: "steps between resets of the optimiser's moments",
  },
  warmup: { kind: 'number', whole: true, atLeast: 0, default: 150, help: 'steps after a reset until the step has its full size' },
  quiet: { kind: 'number', whole: true, atLeast: 0, default: 20, help: 'steps after the start and each reset without cutting' },
} as const satisfies OptionTable

export type SpamOptions = Partial<Options<typeof SPAM>>

/** @throws RangeError when an option is out of range */
export function spam(options: SpamOptions = {}): ClipRule<null> {
  const o = readOptions('spam', SPAM, options)
  const tau = Math.sqrt(o.theta)
  const sinceReset = (step: number): number => (o.resetEvery === null ? step : step % o.resetEvery)
  return {
    name: `spam(${o.theta})`,
    config: { name: 'spam', ...o },
    needs: [],
    bounds: 'element',
    readsSecondMoment: 'raw',
    yardstick: (_, secondMoment) => Math.sqrt(secondMoment),
    init: () => null,
    threshold: (_, __, { step }) => (sinceReset(step) < o.quiet ? Number.POSITIVE_INFINITY : tau),
    observe: (state) => state,
    request: ({ step }) => resetEvery(step, o.resetEvery, o.warmup),
  }
}

const FIRST_RATE = 0.01 // share of the learning rate in the first step after a reset

/** A reset every so many steps, and the cosine warm-up after it; none before the first reset. */
export function resetEvery(step: number, every: number | null, warmup: number): { readonly resetMoments: boolean; readonly rate: number } {
  if (every === null || step < every) return { resetMoments: false, rate: 1 }
  const since = step % every
  const rate = since >= warmup ? 1 : 1 - (1 - FIRST_RATE) * 0.5 * (1 + Math.cos((Math.PI * since) / warmup))
  return { resetMoments: since === 0, rate }
}
