/**
 * The loops over single elements. They run over every parameter in every step, so they are written for the machine: four elements a turn,
 * sums side by side, matrices by rows.
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

/** Σ x² of every n-th element. */
export function squaresOfStride(x: FloatArray, start: number, end: number, stride: number): number {
  let total = 0
  for (let i = start; i < end; i += stride) total += x[i]! * x[i]!
  return total
}

/** Σ x² of each column of a matrix of rows from `start` to `end`, into `into` from `at`: reads four rows side by side, as they lie. */
export function squaresOfColumns(x: FloatArray, start: number, end: number, columns: number, into: Float64Array, at: number): void {
  for (let k = 0; k < columns; k++) into[at + k] = 0
  let row = start
  for (; row + 4 * columns <= end; row += 4 * columns) {
    for (let k = 0; k < columns; k++) {
      const i = row + k
      const p = x[i]!
      const q = x[i + columns]!
      const r = x[i + 2 * columns]!
      const s = x[i + 3 * columns]!
      into[at + k] = into[at + k]! + p * p + q * q + r * r + s * s
    }
  }
  for (; row < end; row += columns) {
    for (let k = 0; k < columns; k++) into[at + k] = into[at + k]! + x[row + k]! * x[row + k]!
  }
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

/** Each column by its own factor; a factor of 1 keeps the bits. */
export function scaleColumns(x: FloatArray, start: number, end: number, columns: number, factors: Float64Array, at: number): void {
  let row = start
  for (; row + 4 * columns <= end; row += 4 * columns) {
    for (let k = 0; k < columns; k++) {
      const by = factors[at + k]!
      const i = row + k
      const p = x[i]! * by
      const q = x[i + columns]! * by
      const r = x[i + 2 * columns]! * by
      const s = x[i + 3 * columns]! * by
      x[i] = p
      x[i + columns] = q
      x[i + 2 * columns] = r
      x[i + 3 * columns] = s
    }
  }
  for (; row < end; row += columns) for (let k = 0; k < columns; k++) x[row + k] = x[row + k]! * factors[at + k]!
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

/** As squaresOfColumns, the largest magnitude of each. */
export function largestOfColumns(x: FloatArray, start: number, end: number, columns: number, into: Float64Array, at: number): void {
  for (let k = 0; k < columns; k++) into[at + k] = 0
  for (let row = start; row < end; row += columns) {
    for (let k = 0; k < columns; k++) {
      const magnitude = Math.abs(x[row + k]!)
      if (magnitude > into[at + k]!) into[at + k] = magnitude
    }
  }
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

export function sum(x: FloatArray, start: number, end: number, stride: number): number {
  let a = 0
  let b = 0
  let i = start
  for (; i + stride < end; i += 2 * stride) {
    a += x[i]!
    b += x[i + stride]!
  }
  return i < end ? a + b + x[i]! : a + b
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

/** To [−τ, τ]. @returns how many were outside */
export function clamp(x: FloatArray, start: number, end: number, stride: number, tau: number): number {
  let outside = 0
  let i = start
  if (stride === 1) {
    // most are inside, so four at a time are asked whether any is not
    for (; i + 3 < end; i += 4) {
      const p = Math.abs(x[i]!)
      const q = Math.abs(x[i + 1]!)
      const r = Math.abs(x[i + 2]!)
      const s = Math.abs(x[i + 3]!)
      if (p > tau || q > tau || r > tau || s > tau) outside += clampEach(x, i, i + 4, 1, tau)
    }
  }
  return outside + clampEach(x, i, end, stride, tau)
}

function clampEach(x: FloatArray, start: number, end: number, stride: number, tau: number): number {
  let outside = 0
  for (let i = start; i < end; i += stride) {
    const value = x[i]!
    if (!(Math.abs(value) > tau)) continue
    x[i] = value > 0 ? tau : -tau
    outside++
  }
  return outside
}
