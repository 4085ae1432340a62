/**
 * Sums over the slices of a float32 array, in float64. No scaling is needed to be safe from overflow: the square of the largest float32
 * is 1e77 and of the smallest 2e-90, both well within a double. An element that is not finite makes sums of squares not finite.
 */
import { momentsOfColumns, squaresOfColumns } from './column-loops.js'
import type { Block, Slice } from './groups.js'
import * as loops from './loops.js'
import type { FloatArray } from './optimizer.js'

export function sumOfSquares(x: FloatArray, slices: readonly Slice[]): number {
  let total = 0
  for (const { start, end, stride } of slices)
    total += stride === 1 ? loops.squares(x, start, end) : loops.squaresOfStride(x, start, end, stride)
  return total
}

export function sumOfMagnitudes(x: FloatArray, slices: readonly Slice[]): number {
  let total = 0
  for (const { start, end, stride } of slices) total += loops.magnitudes(x, start, end, stride)
  return total
}

/** Of finite elements. */
export function largestMagnitude(x: FloatArray, slices: readonly Slice[]): number {
  let found = 0
  for (const { start, end, stride } of slices) {
    if (stride === 1) found = loops.largest(x, start, end, found)
    else for (let i = start; i < end; i += stride) found = Math.max(found, Math.abs(x[i]!))
  }
  return found
}

/** Σ (x − mean)²: a second pass, because Σx² − n·mean² loses every digit when the spread is small. */
export function sumOfSquaredDeviations(x: FloatArray, slices: readonly Slice[], mean: number): number {
  let total = 0
  for (const { start, end, stride } of slices) total += loops.squaredDeviations(x, start, end, stride, mean)
  return total
}

/** Σ x² of every group, into `into`. */
export function squaresOfGroups(x: FloatArray, blocks: readonly Block[], into: Float64Array): void {
  for (const { first, groups } of blocks) {
    const { start, end, stride } = groups[0]!.slices[0]!
    if (groups.length > 1) squaresOfColumns(x, start, end, stride, into, first)
    else into[first] = sumOfSquares(x, groups[0]!.slices)
  }
}

/** Squares, largest magnitudes and sums of every group in one pass. */
export function momentsOfGroups(x: FloatArray, blocks: readonly Block[], into: loops.Moments): void {
  for (const { first, groups } of blocks) {
    const { slices } = groups[0]!
    if (groups.length > 1) {
      const { start, end, stride } = slices[0]!
      momentsOfColumns(x, start, end, stride, into, first)
      continue
    }
    into.squares[first] = into.largest[first] = into.sums[first] = 0
    for (const { start, end } of slices) loops.moments(x, start, end, into, first)
  }
}
