/** The number that τ is compared with: one of the norms over a group's elements, each in units of its yardstick when the rule has one. */
import type { ClipOf } from '../clip/clip.js'
import type { ClipRule } from '../clip/rule.js'
import type { Group } from './groups.js'
import type { FloatArray } from './optimizer.js'
import type { LimitOf } from './shapes.js'
import { largestMagnitude, sumOfMagnitudes } from './stats.js'

/** What a step knows; `values` is what the stage clips. */
export interface StepArrays {
  /** The gradient, or the proposed step. */
  readonly values: FloatArray
  readonly gradient: FloatArray
  readonly parameters: FloatArray
  /** v of the optimiser, as the rule wants it; null where it wants none. */
  readonly secondMoment: Float64Array | null
}

/** @param square Σ x² of the group @param maxAbs its largest magnitude, or NaN when it was not taken */
export function normOf(of: ClipOf, { slices, size }: Group, x: FloatArray, square: number, maxAbs: number): number {
  switch (of) {
    case 'norm':
      return Math.sqrt(square)
    case 'rms':
      return Math.sqrt(square / size)
    case 'norm-1':
      return sumOfMagnitudes(x, slices)
    case 'norm-inf':
    case 'element':
      return Number.isNaN(maxAbs) ? largestMagnitude(x, slices) : maxAbs
  }
}

type Yardstick = NonNullable<ClipRule['yardstick']>

/** As normOf, each element in units of its yardstick; those without one are not counted. */
export function relativeNorm(of: ClipOf, { slices, size }: Group, x: FloatArray, arrays: StepArrays, yardstick: Yardstick): number {
  if (of === 'norm-inf' || of === 'element') return largestRatio(slices, x, arrays, yardstick)
  const power = of === 'norm-1' ? 1 : 2
  const sum = sumOfRatios(slices, x, arrays, yardstick, power)
  return of === 'norm-1' ? sum : Math.sqrt(of === 'rms' ? sum / size : sum)
}

type Slices = Group['slices']

/** Most elements do not lead: a product tells that sooner than a quotient, with a margin for its rounding. */
function largestRatio(slices: Slices, x: FloatArray, { parameters, secondMoment }: StepArrays, yardstick: Yardstick): number {
  let largest = 0
  for (const { start, end, stride } of slices) {
    for (let i = start; i < end; i += stride) {
      const unit = yardstick(parameters[i]!, secondMoment === null ? Number.NaN : secondMoment[i]!)
      const magnitude = Math.abs(x[i]!)
      if (magnitude < largest * unit * ALMOST || !(unit > 0 && unit < Number.POSITIVE_INFINITY)) continue
      const ratio = magnitude / unit
      if (ratio > largest) largest = ratio
    }
  }
  return largest
}

function sumOfRatios(slices: Slices, x: FloatArray, arrays: StepArrays, yardstick: Yardstick, power: 1 | 2): number {
  const { parameters, secondMoment } = arrays
  let sum = 0
  for (const { start, end, stride } of slices) {
    for (let i = start; i < end; i += stride) {
      const unit = yardstick(parameters[i]!, secondMoment === null ? Number.NaN : secondMoment[i]!)
      if (!(unit > 0 && unit < Number.POSITIVE_INFINITY)) continue
      const ratio = Math.abs(x[i]!) / unit
      sum += power === 1 ? ratio : ratio * ratio
    }
  }
  return sum
}

const ALMOST = 1 - 1e-15

/** The limit of each element: τ times its yardstick; none for an element without one. */
export function limitsBy(yardstick: Yardstick, { parameters, secondMoment }: StepArrays, tau: number): LimitOf {
  return (i) => {
    const unit = yardstick(parameters[i]!, secondMoment === null ? Number.NaN : secondMoment[i]!)
    return unit > 0 && unit < Number.POSITIVE_INFINITY ? tau * unit : Number.POSITIVE_INFINITY
  }
}
