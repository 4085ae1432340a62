/**
 * A box in R^n: every number between its own low and high, which may be infinite. Elements are flat typed arrays, row-major;
 * the space knows their shape.
 *
 * Sampling, as in Gymnasium: uniform between two bounds, exponential from one, normal with none; whole numbers are rounded down.
 * We differ: no int64 (its values do not fit a double), and `contains` takes a plain array as if it were already of the space's type.
 */
import type { Json } from '../json.js'
import { encodeNumbers } from '../numbers.js'
import type { Generator } from '../seeding/generator.js'
import type { Space } from './space.js'
import { sampleStream } from './stream.js'

const ARRAYS = {
  float32: Float32Array,
  float64: Float64Array,
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
} as const

export type BoxType = keyof typeof ARRAYS
export type BoxArray<T extends BoxType = BoxType> = InstanceType<(typeof ARRAYS)[T]>

/** What each type holds without loss, beside itself (NumPy's can_cast). */
const HOLDS: Readonly<Record<BoxType, readonly BoxType[]>> = {
  float64: ['float32', 'int8', 'uint8', 'int16', 'uint16', 'int32', 'uint32'],
  float32: ['int8', 'uint8', 'int16', 'uint16'],
  int32: ['int8', 'uint8', 'int16', 'uint16'],
  uint32: ['uint8', 'uint16'],
  int16: ['int8', 'uint8'],
  uint16: ['uint8'],
  int8: [],
  uint8: [],
}

const FLOAT32_MAX = (2 - 2 ** -23) * 2 ** 127

/** The least and the greatest finite number of each type. */
const RANGE: Readonly<Record<BoxType, readonly [number, number]>> = {
  float32: [-FLOAT32_MAX, FLOAT32_MAX],
  float64: [-Number.MAX_VALUE, Number.MAX_VALUE],
  int8: [-128, 127],
  uint8: [0, 255],
  int16: [-32768, 32767],
  uint16: [0, 65535],
  int32: [-(2 ** 31), 2 ** 31 - 1],
  uint32: [0, 2 ** 32 - 1],
}

export interface BoxOptions<T extends BoxType = BoxType> {
  /** One bound for all, or one each (flat, row-major). */
  readonly low: number | ArrayLike<number>
  readonly high: number | ArrayLike<number>
  /** Default: [the length of low or high], or [1] when both are numbers. */
  readonly shape?: readonly number[]
  /** Default 'float32'. */
  readonly dtype?: T
}

export interface Box<T extends BoxType = BoxType> extends Space<BoxArray<T>> {
  readonly kind: 'box'
  readonly shape: readonly number[]
  readonly dtype: T
  /** Flat, row-major, rounded to the space's type. */
  readonly low: BoxArray<T>
  readonly high: BoxArray<T>
  /** Finite bounds on every number: below, above, or both. */
  bounded(side?: 'both' | 'below' | 'above'): boolean
}

/** @throws RangeError when a bound is NaN, beyond the type, low above high, or the shapes do not agree */
export function box<T extends BoxType = 'float32'>({ low, high, shape: given, dtype = 'float32' as T }: BoxOptions<T>): Box<T> {
  const shape = given ?? [typeof low !== 'number' ? low.length : typeof high !== 'number' ? high.length : 1]
  if (!shape.every((side) => Number.isSafeInteger(side) && side >= 0)) {
    throw new RangeError(`box: shape must hold whole numbers of at least 0, got [${shape.join(', ')}]`)
  }
  const size = shape.reduce((product, side) => product * side, 1)
  const lower = bounds('low', low, size, dtype)
  const upper = bounds('high', high, size, dtype)
  const lows = lower.values
  const highs = upper.values
  for (let i = 0; i < size; i++) {
    if (lows[i]! > highs[i]!) throw new RangeError(`box: low must not be above high, got ${lows[i]} and ${highs[i]} at index ${i}`)
  }
  const stream = sampleStream()
  const whole = isWhole(dtype)

  return {
    kind: 'box',
    size,
    shape,
    dtype,
    low: lows,
    high: highs,
    bounded: (side = 'both') => (side === 'above' || lower.finite.every(Boolean)) && (side === 'below' || upper.finite.every(Boolean)),
    seed: stream.seed,
    sample: () => sampled(stream.random(), lows, highs, lower.finite, upper.finite, whole, arrayOf(dtype, size)),
    contains: (value): value is BoxArray<T> => {
      const numbers = castable(value, dtype, size)
      if (numbers === null) return false
      for (let i = 0; i < size; i++) if (!(numbers[i]! >= lows[i]! && numbers[i]! <= highs[i]!)) return false
      return true
    },
    equals: (other) => {
      if (other.kind !== 'box') return false
      const { shape: s, dtype: d, low: l, high: h } = other as Box
      return d === dtype && s.length === shape.length && s.every((side, i) => side === shape[i]) && alike(l, lows) && alike(h, highs)
    },
    toJSON: (): Json => ({ kind: 'box', shape: [...shape], dtype, low: encodeNumbers(lows), high: encodeNumbers(highs) }),
  }
}

export function arrayOf<T extends BoxType>(dtype: T, size: number): BoxArray<T> {
  return new ARRAYS[dtype](size) as BoxArray<T>
}

/** A bound for every number, and which of them are finite. An integer type has no infinity: there it means the type's own limit. */
function bounds<T extends BoxType>(
  name: 'low' | 'high',
  bound: number | ArrayLike<number>,
  size: number,
  dtype: T,
): { readonly values: BoxArray<T>; readonly finite: readonly boolean[] } {
  if (typeof bound !== 'number' && bound.length !== size) {
    throw new RangeError(`box: ${name} must hold ${size} numbers, one for each of the shape, got ${bound.length}`)
  }
  const [least, most] = RANGE[dtype]
  const open = name === 'low' ? -Infinity : Infinity
  const openAllowed = least < 0 // unsigned types have no number that could stand for it
  const limit = !isWhole(dtype) ? open : name === 'low' ? least : most
  const values = arrayOf(dtype, size)
  const finite: boolean[] = []
  for (let i = 0; i < size; i++) {
    const value = typeof bound === 'number' ? bound : bound[i]!
    const holds = value >= least && value <= most && (!isWhole(dtype) || Number.isInteger(value))
    if (!holds && !(value === open && openAllowed)) {
      throw new RangeError(`box: ${name} must be a number that ${dtype} can hold, got ${value} at index ${i}`)
    }
    finite.push(value !== open)
    values[i] = value === open ? limit : value
  }
  return { values, finite }
}

const isWhole = (dtype: BoxType) => !dtype.startsWith('float')

/** The order of draws is NumPy's: all unbounded numbers first, then those bounded below, above, and on both sides. */
function sampled<A extends BoxArray>(
  random: Generator,
  low: BoxArray,
  high: BoxArray,
  below: readonly boolean[],
  above: readonly boolean[],
  whole: boolean,
  out: A,
): A {
  const size = out.length
  const top = (i: number) => high[i]! + (whole ? 1 : 0)
  const put = (i: number, value: number) => {
    out[i] = whole ? Math.min(Math.max(Math.floor(value), low[i]!), high[i]!) : value
  }
  for (let i = 0; i < size; i++) if (!below[i] && !above[i]) put(i, random.normal())
  for (let i = 0; i < size; i++) if (below[i] && !above[i]) put(i, random.exponential() + low[i]!)
  for (let i = 0; i < size; i++) if (!below[i] && above[i]) put(i, -random.exponential() + top(i))
  for (let i = 0; i < size; i++) if (below[i] && above[i]) put(i, random.uniform(low[i]!, top(i)))
  return out
}

/** `value` as numbers of this type, or null when it is not an array of this size whose type fits. */
function castable(value: unknown, dtype: BoxType, size: number): ArrayLike<number> | null {
  if (Array.isArray(value)) {
    if (value.length !== size || !value.every((x) => typeof x === 'number')) return null
    if (!isWhole(dtype)) return dtype === 'float32' ? Float32Array.from(value) : value
    return value.every(Number.isInteger) ? value : null
  }
  const fits = [dtype, ...HOLDS[dtype]].some((type) => value instanceof ARRAYS[type])
  return fits && (value as BoxArray).length === size ? (value as BoxArray) : null
}

/** Equal to NumPy's allclose with its default tolerances. */
function alike(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i] && !(Math.abs(a[i]! - b[i]!) <= 1e-8 + 1e-5 * Math.abs(b[i]!))) return false
  return true
}
