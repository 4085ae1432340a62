/** What happens at the limit: the factor for a norm n under τ, and the same for single elements. τ = ∞ changes nothing. */
import type { ClipLikeLibrary, ClipShape } from '../clip/clip.js'
import { clamp } from './clamp-loops.js'
import { clampColumns, scaleColumns } from './column-loops.js'
import type { Block, Slice } from './groups.js'
import * as loops from './loops.js'
import type { FloatArray } from './optimizer.js'

const TORCH_EPSILON = 1e-6 // added to the norm by torch.nn.utils.clip_grad_norm_

/** hard and rescale min(1, τ/n), soft τ/(τ + n), normalize τ/n. 1 means unchanged; a zero gradient stays zero. */
export function factor(shape: ClipShape, tau: number, norm: number): number {
  if (tau === Number.POSITIVE_INFINITY || norm === 0) return 1
  switch (shape) {
    case 'hard':
    case 'rescale':
      return norm > tau ? tau / norm : 1
    case 'soft':
      return tau / (tau + norm)
    case 'normalize':
      return tau / norm
  }
}

export function scale(x: FloatArray, slices: readonly Slice[], by: number): void {
  for (const { start, end, stride } of slices) {
    if (stride === 1) loops.scale(x, start, end, by)
    else loops.scaleStride(x, start, end, stride, by)
  }
}

/** Every group by its own factor; where all are 1 nothing is written. */
export function scaleGroups(x: FloatArray, blocks: readonly Block[], factors: Float64Array): void {
  for (const { first, groups } of blocks) {
    if (groups.length === 1) {
      if (factors[first] !== 1) scale(x, groups[0]!.slices, factors[first]!)
      continue
    }
    let some = false
    for (let k = first; k < first + groups.length; k++) some ||= factors[k] !== 1
    const { start, end, stride } = groups[0]!.slices[0]!
    if (some) scaleColumns(x, start, end, stride, factors, first)
  }
}

/**
 * A hard clip of a norm with the float32 roundings of another library: PyTorch's min(1, τ/(n + 1e-6)), TensorFlow's and Keras's
 * τ·min(1/n, 1/τ), optax's (g/n)·τ from n = τ on.
 * @returns the factor, 1 when nothing was changed
 */
export function scaleLike(
  like: Exclude<ClipLikeLibrary, 'exact'>,
  x: FloatArray,
  slices: readonly Slice[],
  tau: number,
  n: number,
): number {
  const norm = Math.fround(n)
  if (tau === Number.POSITIVE_INFINITY || norm === 0) return 1
  if (like === 'optax') {
    if (norm < tau) return 1
    for (const { start, end, stride } of slices) for (let i = start; i < end; i += stride) x[i] = Math.fround(x[i]! / norm) * tau
    return tau / norm
  }
  let by =
    like === 'torch'
      ? Math.min(1, Math.fround(tau / Math.fround(norm + TORCH_EPSILON)))
      : Math.fround(tau * Math.min(Math.fround(1 / norm), Math.fround(1 / tau)))
  if (!Number.isFinite(by)) by = factor('hard', tau, norm) // 1/τ and 1/n are beyond float32: TensorFlow would make infinities
  if (by !== 1) scale(x, slices, by)
  return by
}

/**
 * A hard clip of elements, every group to its own limit; where none is above it nothing is written.
 * @param limits τ per group, Infinity for groups that stay
 * @param squares Σ x² of each group, before and, where there is a limit, afterwards
 * @returns how many elements were above
 */
export function clampGroups(x: FloatArray, blocks: readonly Block[], limits: Float64Array, squares: Float64Array): number {
  let above = 0
  for (const { first, groups } of blocks) {
    let some = false
    for (let k = first; k < first + groups.length; k++) some ||= limits[k] !== Number.POSITIVE_INFINITY
    if (!some) continue
    const { slices } = groups[0]!
    if (groups.length > 1) {
      const { start, end, stride } = slices[0]!
      above += clampColumns(x, start, end, stride, limits, squares, first)
      continue
    }
    squares[first] = 0
    for (const { start, end } of slices) above += clamp(x, start, end, limits[first]!, squares, first)
  }
  return above
}

/** The limit of element i in units of its own: τ·yardstick, or τ. */
export type LimitOf = (i: number) => number

/**
 * Each element by its own magnitude: hard clamps it to its limit (without `limitOf` clampGroups does the same, faster), rescale multiplies
 * those above by limit/largest.
 * @param largest the largest magnitude, in units of τ
 * @returns how many were above their limit
 */
export function shapeElements(
  x: FloatArray,
  slices: readonly Slice[],
  shape: ClipShape,
  tau: number,
  largest: number,
  limitOf?: LimitOf,
): number {
  let above = 0
  for (const { start, end, stride } of slices) {
    for (let i = start; i < end; i += stride) {
      const limit = limitOf === undefined ? tau : limitOf(i)
      const value = x[i]!
      const magnitude = Math.abs(value)
      if (magnitude > limit) above++
      if (shape === 'soft' || shape === 'normalize') x[i] = value * factor(shape, limit, magnitude)
      else if (magnitude > limit) x[i] = shape === 'rescale' ? value * (tau / largest) : value > 0 ? limit : -limit
    }
  }
  return above
}
