/**
 * The loops over single elements of a run. They run over every parameter in every step, so they are written for the machine: four elements a
 * turn, sums side by side. Those over the columns of a matrix are in column-loops.ts.
 * A program that clips gradients (float32) and also steps (float64) pays up to twice the time, because a loop that has met both kinds of array
 * asks at each element which one it has before it.
 */
import type { FloatArray } from './optimizer.js'

/** Σ x² of a run. */
export function squares(x: FloatArray, start: number, end: number): number {
  let a = 0
  let b = 0
  let c = 0
  let d = 0
  let i = start
  for (; i + 3 < end; i += 4) {
    const p = x[i]!
    const q = x[i + 1]!
    const r = x[i + 2]!
    const s = x[i + 3]!
    a += p * p
    b += q * q
    c += r * r
    d += s * s
  }
  for (; i < end; i++) a += x[i]! * x[i]!
  return a + b + (c + d)
}

/** Where `moments` adds up what it finds: one number per group of each. */
export interface Moments {
  /** Σ x². */
  readonly squares: Float64Array
  /** The largest magnitude; comparisons pass over NaN. */
  readonly largest: Float64Array
  /** Σ x. */
  readonly sums: Float64Array
}

/** All three of a run in one pass, onto those at `at`, with the bits of `squares` and `largest`. */
export function moments(x: FloatArray, start: number, end: number, { squares, largest, sums }: Moments, at: number): void {
  let a = 0
  let b = 0
  let c = 0
  let d = 0
  let even = 0
  let odd = 0
  let found = largest[at]!
  let i = start
  for (; i + 3 < end; i += 4) {
    const p = x[i]!
    const q = x[i + 1]!
    const r = x[i + 2]!
    const s = x[i + 3]!
    a += p * p
    b += q * q
    c += r * r
    d += s * s
    even += p
    odd += q
    even += r
    odd += s
    if (Math.abs(p) > found) found = Math.abs(p)
    if (Math.abs(q) > found) found = Math.abs(q)
    if (Math.abs(r) > found) found = Math.abs(r)
    if (Math.abs(s) > found) found = Math.abs(s)
  }
  for (let k = i; k < end; k++) {
    a += x[k]! * x[k]!
    if (Math.abs(x[k]!) > found) found = Math.abs(x[k]!)
  }
  if (i + 1 < end) {
    even += x[i]!
    odd += x[i + 1]!
    i += 2
  }
  const sum = i < end ? even + odd + x[i]! : even + odd
  squares[at] = squares[at]! + (a + b + (c + d))
  sums[at] = sums[at]! + sum
  largest[at] = found
}

/** x ← x + left and left ← the same, unrounded, in one pass with `moments`. */
export function addLeft(
  x: FloatArray,
  left: Float64Array,
  start: number,
  end: number,
  { squares, largest, sums }: Moments,
  at: number,
): void {
  let a = 0
  let b = 0
  let sum = 0
  let found = largest[at]!
  let i = start
  for (; i + 1 < end; i += 2) {
    const p = x[i]! + left[i]!
    const q = x[i + 1]! + left[i + 1]!
    left[i] = x[i] = p
    left[i + 1] = x[i + 1] = q
    const u = x[i]! // as rounded
    const v = x[i + 1]!
    a += u * u
    b += v * v
    sum += u + v
    if (Math.abs(u) > found) found = Math.abs(u)
    if (Math.abs(v) > found) found = Math.abs(v)
  }
  if (i < end) {
    left[i] = x[i] = x[i]! + left[i]!
    const u = x[i]!
    a += u * u
    sum += u
    if (Math.abs(u) > found) found = Math.abs(u)
  }
  squares[at] = squares[at]! + (a + b)
  sums[at] = sums[at]! + sum
  largest[at] = found
}

/** Σ x² of every n-th element. */ /** Σ x² of every n-th element. */
export function squaresOfStride(x: FloatArray, start: number, end: number, stride: number): number {
  let total = 0
  for (let i = start; i < end; i += stride) total += x[i]! * x[i]!
  return total
}

export function scale(x: FloatArray, start: number, end: number, by: number): void {
  let i = start
  for (; i + 3 < end; i += 4) {
    const p = x[i]! * by
    const q = x[i + 1]! * by
    const r = x[i + 2]! * by
    const s = x[i + 3]! * by
    x[i] = p
    x[i + 1] = q
    x[i + 2] = r
    x[i + 3] = s
  }
  for (; i < end; i++) x[i] = x[i]! * by
}

export function scaleStride(x: FloatArray, start: number, end: number, stride: number, by: number): void {
  for (let i = start; i < end; i += stride) x[i] = x[i]! * by
}

/** The largest of `soFar` and the magnitudes; comparisons pass over NaN. */
export function largest(x: FloatArray, start: number, end: number, soFar: number): number {
  let found = soFar
  let i = start
  for (; i + 3 < end; i += 4) {
    const p = Math.abs(x[i]!)
    const q = Math.abs(x[i + 1]!)
    const r = Math.abs(x[i + 2]!)
    const s = Math.abs(x[i + 3]!)
    if (p > found) found = p
    if (q > found) found = q
    if (r > found) found = r
    if (s > found) found = s
  }
  for (; i < end; i++) if (Math.abs(x[i]!) > found) found = Math.abs(x[i]!)
  return found
}

export function magnitudes(x: FloatArray, start: number, end: number, stride: number): number {
  let a = 0
  let b = 0
  let i = start
  for (; i + stride < end; i += 2 * stride) {
    a += Math.abs(x[i]!)
    b += Math.abs(x[i + stride]!)
  }
  return i < end ? a + b + Math.abs(x[i]!) : a + b
}

export function squaredDeviations(x: FloatArray, start: number, end: number, stride: number, mean: number): number {
  let a = 0
  let b = 0
  let i = start
  for (; i + stride < end; i += 2 * stride) {
    const p = x[i]! - mean
    const q = x[i + stride]! - mean
    a += p * p
    b += q * q
  }
  return i < end ? a + b + (x[i]! - mean) ** 2 : a + b
}
