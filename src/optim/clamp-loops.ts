/** Hard clips of single elements over a run, in one pass with the sum of squares of what comes out. Most elements are inside their limit. */
import type { FloatArray } from './optimizer.js'

/** To [−τ, τ], and Σ x² of what comes out onto `squares[at]`. @returns how many were outside */
export function clamp(x: FloatArray, start: number, end: number, tau: number, squares: Float64Array, at: number): number {
  let outside = 0
  let a = 0
  let b = 0
  let c = 0
  let d = 0
  let i = start
  // most are inside, so four at a time are asked whether any is not
  for (; i + 3 < end; i += 4) {
    let p = x[i]!
    let q = x[i + 1]!
    let r = x[i + 2]!
    let s = x[i + 3]!
    if (Math.abs(p) > tau || Math.abs(q) > tau || Math.abs(r) > tau || Math.abs(s) > tau) {
      outside += clampEach(x, i, i + 4, tau)
      p = x[i]!
      q = x[i + 1]!
      r = x[i + 2]!
      s = x[i + 3]!
    }
    a += p * p
    b += q * q
    c += r * r
    d += s * s
  }
  outside += clampEach(x, i, end, tau)
  for (; i < end; i++) a += x[i]! * x[i]!
  squares[at] = squares[at]! + (a + b + (c + d))
  return outside
}

/** As `clamp`, for few. */
export function clampEach(x: FloatArray, start: number, end: number, tau: number): number {
  let outside = 0
  for (let i = start; i < end; i++) {
    const value = x[i]!
    if (!(Math.abs(value) > tau)) continue
    x[i] = value > 0 ? tau : -tau
    outside++
  }
  return outside
}

/** As `clamp`, and left ← left − what comes out: what was cut off, and the rounding of `addLeft`. */
export function clampLeft(
  x: FloatArray,
  left: Float64Array,
  start: number,
  end: number,
  tau: number,
  squares: Float64Array,
  at: number,
): number {
  let outside = 0
  let a = 0
  let b = 0
  let i = start
  for (; i + 1 < end; i += 2) {
    if (Math.abs(x[i]!) > tau || Math.abs(x[i + 1]!) > tau) outside += clampEach(x, i, i + 2, tau)
    const p = x[i]!
    const q = x[i + 1]!
    left[i] = left[i]! - p
    left[i + 1] = left[i + 1]! - q
    a += p * p
    b += q * q
  }
  if (i < end) {
    outside += clampEach(x, i, end, tau)
    left[i] = left[i]! - x[i]!
    a += x[i]! * x[i]!
  }
  squares[at] = squares[at]! + (a + b)
  return outside
}
