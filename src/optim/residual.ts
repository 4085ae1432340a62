/**
 * Error feedback (U-Clip; Elesedy & Hutter 2023, arXiv:2302.02971): what a clip cut off is added to the next gradient, so that the sum of
 * clipped gradients stays close to the sum of raw ones:  u = clip(g + Δ),  Δ ← g + Δ − u.
 */
import type { Json } from '../core/json.js'
import type { ParameterSlot } from './layout.js'
import type { FloatArray } from './optimizer.js'

export interface Residual {
  /** Δ as one flat array, laid out as the gradient. */
  readonly left: Float64Array
  /** values ← values + Δ, where there is a gradient. */
  add(values: FloatArray, absent?: ReadonlySet<string>): void
  /** Δ ← what the clip has taken away since `add`. */
  keep(values: FloatArray, absent?: ReadonlySet<string>): void
  /** By parameter name, so that it survives a longer list of parameters. */
  save(): { readonly [name: string]: Json }
  /** @returns false when a saved list does not fit its parameter; parameters that are missing start at 0 */
  load(saved: { readonly [name: string]: Json }): boolean
}

export function createResidual(slots: readonly ParameterSlot[]): Residual {
  const all = new Float64Array(Math.max(0, ...slots.map(({ offset, size }) => offset + size)))
  const parts = slots.map(({ name, offset, size }) => ({ name, offset, size, left: all.subarray(offset, offset + size) }))
  return {
    left: all,
    add(values, absent) {
      for (const { name, offset, left } of parts) {
        if (absent?.has(name)) continue
        for (let i = 0; i < left.length; i++) left[i] = values[offset + i] = values[offset + i]! + left[i]!
      }
    },
    keep(values, absent) {
      for (const { name, offset, left } of parts) {
        if (absent?.has(name)) continue
        for (let i = 0; i < left.length; i++) left[i] = left[i]! - values[offset + i]!
      }
    },
    save: () => Object.fromEntries(parts.map(({ name, left }) => [name, [...left]])),
    load(saved) {
      for (const { name, size, left } of parts) {
        const list = saved[name]
        if (list === undefined) left.fill(0)
        else if (!Array.isArray(list) || list.length !== size || !list.every((x) => typeof x === 'number')) return false
        else left.set(list as number[])
      }
      return true
    },
  }
}
