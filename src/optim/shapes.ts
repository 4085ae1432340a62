/** What happens at the limit: the factor for a norm n under τ, and the same for single elements. τ = ∞ changes nothing. */
import type { ClipShape } from '../clip/clip.js'
import type { Slice } from './groups.js'

/** hard min(1, τ/n), soft τ/(τ + n), normalize τ/n. 1 means unchanged; a zero gradient stays zero. */
export function factor(shape: ClipShape, tau: number, norm: number): number {
  if (tau === Number.POSITIVE_INFINITY || norm === 0) return 1
  switch (shape) {
    case 'hard':
      return norm > tau ? tau / norm : 1
    case 'soft':
      return tau / (tau + norm)
    case 'normalize':
      return tau / norm
  }
}

export function scale(x: Float32Array, slices: readonly Slice[], by: number): void {
  for (const { start, end, stride } of slices) {
    if (stride === 1) for (let i = start; i < end; i++) x[i] = x[i]! * by
    else for (let i = start; i < end; i += stride) x[i] = x[i]! * by
  }
}

/** Each element by its own magnitude; hard clamps it to [−τ, τ]. @returns how many were above τ in magnitude */
export function shapeElements(x: Float32Array, slices: readonly Slice[], shape: ClipShape, tau: number): number {
  let above = 0
  for (const { start, end, stride } of slices) {
    for (let i = start; i < end; i += stride) {
      const value = x[i]!
      const magnitude = Math.abs(value)
      if (magnitude > tau) above++
      if (shape !== 'hard') x[i] = value * factor(shape, tau, magnitude)
      else if (magnitude > tau) x[i] = value > 0 ? tau : -tau
    }
  }
  return above
}
