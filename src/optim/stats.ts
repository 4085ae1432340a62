/**
 * Sums over the slices of a float32 array, in float64. No scaling is needed to be safe from overflow: the square of the largest float32
 * is 1e77 and of the smallest 2e-90, both well within a double. An element that is not finite makes sums of squares not finite.
 */
import type { Slice } from './groups.js'
import type { FloatArray } from './optimizer.js'

export function sumOfSquares(x: FloatArray, slices: readonly Slice[]): number {
  let total = 0
  for (const { start, end, stride } of slices) total += stride === 1 ? squaresOfRun(x, start, end) : squaresOfStride(x, start, end, stride)
  return total
}

export function sumOfMagnitudes(x: FloatArray, slices: readonly Slice[]): number {
  let total = 0
  for (const { start, end, stride } of slices) for (let i = start; i < end; i += stride) total += Math.abs(x[i]!)
  return total
}

/** Of finite elements; comparisons pass over NaN. */
export function largestMagnitude(x: FloatArray, slices: readonly Slice[]): number {
  let largest = 0
  for (const { start, end, stride } of slices) {
    for (let i = start; i < end; i += stride) {
      const magnitude = Math.abs(x[i]!)
      if (magnitude > largest) largest = magnitude
    }
  }
  return largest
}

export function sum(x: FloatArray, slices: readonly Slice[]): number {
  let total = 0
  for (const { start, end, stride } of slices) for (let i = start; i < end; i += stride) total += x[i]!
  return total
}

/** Σ (x − mean)²: a second pass, because Σx² − n·mean² loses every digit when the spread is small. */
export function sumOfSquaredDeviations(x: FloatArray, slices: readonly Slice[], mean: number): number {
  let total = 0
  for (const { start, end, stride } of slices) {
    for (let i = start; i < end; i += stride) {
      const deviation = x[i]! - mean
      total += deviation * deviation
    }
  }
  return total
}

/** Four sums side by side: one would wait for each addition before the next. */
function squaresOfRun(x: FloatArray, start: number, end: number): number {
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

function squaresOfStride(x: FloatArray, start: number, end: number, stride: number): number {
  let total = 0
  for (let i = start; i < end; i += stride) total += x[i]! * x[i]!
  return total
}
