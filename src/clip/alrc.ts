/**
 * Adaptive learning rate clipping: a loss that lies far above its recent ones is scaled down to the limit, and its gradient with it.
 *
 *     τ = μ + k·σ, σ = √(μ₂ − μ² + 1e-8)    g ← g · min(1, τ/L)    μ, μ₂: averages of the capped loss and of its square
 *
 * Source: Ede & Beanland 2020 (arXiv:1906.09060): k = 3, decay 0.999, starting at μ = 25 and μ₂ = 900, which the user sets to the size of
 * the own loss. In five words: τ is compared with the loss in place of a norm. Where τ is not above 0, as with negative losses, there is
 * no limit.
 */
import { type Options, type OptionTable, readOptions } from './options.js'
import type { ClipRule } from './rule.js'

export const ALRC = {
  k: { kind: 'number', above: 0, default: 3, help: 'standard deviations above the mean' },
  decay: { kind: 'number', atLeast: 0, below: 1, default: 0.999, help: 'of the averages of the loss and of its square' },
  mean: { kind: 'number', default: 25, help: 'μ at the start: about the first losses' },
  meanSquare: { kind: 'number', above: 0, default: 900, help: 'μ₂ at the start, above μ²' },
} as const satisfies OptionTable

export type AlrcOptions = Partial<Options<typeof ALRC>>

type AlrcState = { readonly mean: number; readonly meanSquare: number }

const TINY = 1e-8 // keeps the root of a variance that rounding made negative

/** @throws RangeError when an option is out of range, or meanSquare is below mean² */
export function alrc(options: AlrcOptions = {}): ClipRule<AlrcState> {
  const o = readOptions('alrc', ALRC, options)
  if (o.meanSquare < o.mean * o.mean)
    throw new RangeError(`alrc: meanSquare must be at least mean² = ${o.mean * o.mean}, got ${o.meanSquare}`)
  return {
    name: `alrc(${o.k})`,
    config: { name: 'alrc', ...o },
    needs: [],
    measures: 'loss',
    init: () => ({ mean: o.mean, meanSquare: o.meanSquare }),
    threshold({ mean, meanSquare }) {
      const tau = mean + o.k * Math.sqrt(Math.max(meanSquare - mean * mean + TINY, 0))
      return tau > 0 ? tau : Number.POSITIVE_INFINITY
    },
    observe({ mean, meanSquare }, _, { norm: capped }) {
      return { mean: o.decay * mean + (1 - o.decay) * capped, meanSquare: o.decay * meanSquare + (1 - o.decay) * capped * capped }
    },
  }
}
