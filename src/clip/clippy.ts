/**
 * Clippy: no weight may change by more than a share of itself in one step. The whole tensor's step is scaled by
 *     min(1, min_i (λ·|w_i| + a) / |Δw_i|).
 *
 * Source: Tang et al. 2023, "Improving training stability for multitask ranking models in recommender systems" (arXiv:2302.09178); λ = 0.1
 * and a = 1e-7 as in the published code (TensorFlow Recommenders), where the paper has 0.5 and 1e-2. In five words: τ = 1 on the largest
 * |Δw| in units of λ|w| + a, per tensor, at stage update.
 */
import { type Options, type OptionTable, readOptions } from './options.js'
import type { ClipRule } from './rule.js'

export const CLIPPY = {
  lambda: { kind: 'number', atLeast: 0, default: 0.1, help: 'largest change of a weight, relative to the weight' },
  absolute: { kind: 'number', above: 0, default: 1e-7, help: 'change that every weight may make' },
} as const satisfies OptionTable

export type ClippyOptions = Partial<Options<typeof CLIPPY>>

/** @throws RangeError when an option is out of range */
export function clippy(options: ClippyOptions = {}): ClipRule<null> {
  const o = readOptions('clippy', CLIPPY, options)
  return {
    name: `clippy(${o.lambda})`,
    config: { name: 'clippy', ...o },
    needs: [],
    yardstick: (parameter) => o.lambda * Math.abs(parameter) + o.absolute,
    init: () => null,
    threshold: () => 1,
    observe: (state) => state,
  }
}
