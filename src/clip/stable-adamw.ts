/**
 * Update clipping of StableAdamW: when the gradient outruns Adam's second moment, the step of that tensor is divided by how far,
 *     RMS = √mean(g² / max(v̂, ε²))    step ← step / max(1, RMS).
 *
 * Source: Wortsman et al. 2023, "Stable and low-precision training for large-scale vision-language models" (arXiv:2304.13013), algorithm 2,
 * after Adafactor (Shazeer & Stern 2018). In five words: τ = 1 on the root mean square of the gradient in units of √v̂, per tensor, at
 * stage update. v̂ is v after this gradient, its bias corrected.
 */
import { type Options, type OptionTable, readOptions } from './options.js'
import type { ClipRule } from './rule.js'

export const STABLE_ADAMW = {
  tau: { kind: 'number', above: 0, default: 1, help: 'largest root mean square of g / √v' },
  eps: { kind: 'number', above: 0, default: 1e-6, help: 'least √v that counts' },
} as const satisfies OptionTable

export type StableAdamwOptions = Partial<Options<typeof STABLE_ADAMW>>

/** @throws RangeError when an option is out of range */
export function stableAdamw(options: StableAdamwOptions = {}): ClipRule<null> {
  const o = readOptions('stable-adamw', STABLE_ADAMW, options)
  return {
    name: `stable-adamw(${o.tau})`,
    config: { name: 'stable-adamw', ...o },
    needs: [],
    measures: 'gradient',
    readsSecondMoment: 'corrected',
    yardstick: (_, secondMoment) => Math.max(Math.sqrt(secondMoment), o.eps),
    init: () => null,
    threshold: () => o.tau,
    observe: (state) => state,
  }
}
