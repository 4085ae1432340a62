/**
 * A box in R^n: every number between its own low and high, which may be infinite. Elements are flat typed arrays, row-major;
 * the space knows their shape.
 *
 * Sampling, as in Gymnasium: uniform between two bounds, exponential from one, normal with none; whole numbers are rounded down.
 * We differ: no int64 (its values do not fit a double); `contains` takes a plain array as if it were already of the space's type; boxes
 * are equal when their bounds are, not when they are close, so that equality is transitive.
 */
import { EnvError } from '../errors.js'
import type { Json } from '../json.js'
import { encodeNumbers } from '../numbers.js'
import { didYouMean } from '../suggest.js'
import { sampler } from './box-sampler.js'
import { checkChoices, checkShape, isGiven, isKind, isNumberList } from './check.js'
import { describeElement } from './describe.js'
import type { Space } from './space.js'
import { sampleStream, withStreamOf } from './stream.js'

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

/** The first of these that holds all of several types is their common one. */
const NARROWEST_FIRST: readonly BoxType[] = ['int8', 'uint8', 'int16', 'uint16', 'int32', 'uint32', 'float32']

const SIDES: readonly Side[] = ['both', 'below', 'above']
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
  bounded(side?: Side): boolean
  /** A box takes neither mask nor probabilities; null stands for none, so that a Dict can name one for each of its parts. */
  sample(choices?: { readonly mask?: null; readonly p?: null }): BoxArray<T>
  copy(): Box<T>
}

export type Side = 'both' | 'below' | 'above'

/** @throws RangeError when a bound is NaN, beyond the type, low above high, or the shapes do not agree */
export function box<T extends BoxType = 'float32'>({ low, high, shape: sides, dtype = 'float32' as T }: BoxOptions<T>): Box<T> {
  const types = Object.keys(ARRAYS)
  if (!types.includes(dtype)) {
    const got = describeElement(dtype)
    throw new RangeError(`box: dtype must be ${types.join(', ')}, got ${got}.${typeof dtype === 'string' ? didYouMean(dtype, types) : ''}`)
  }
  checkBound('low', low)
  checkBound('high', high)
  const shape = sides ?? [typeof low !== 'number' ? low.length : typeof high !== 'number' ? high.length : 1]
  const size = checkShape('box', shape)
  const lower = bounds('low', low, size, dtype)
  const upper = bounds('high', high, size, dtype)
  const lows = lower.values
  const highs = upper.values
  for (let i = 0; i < size; i++) {
    if (lows[i]! > highs[i]!) throw new RangeError(`box: low must not be above high, got ${lows[i]} and ${highs[i]} at index ${i}`)
  }
  const stream = sampleStream('box')
  const single = dtype === 'float32'
  /** Bounds as they came: an integer type writes an open bound as its own limit. */
  const given = (side: 'low' | 'high') =>
    side === 'low'
      ? Array.from(lows, (value, i) => (lower.finite[i] ? value : -Infinity))
      : Array.from(highs, (value, i) => (upper.finite[i] ? value : Infinity))
  const draw = sampler(lows, highs, lower.finite, upper.finite, isWhole(dtype))

  const space: Box<T> = {
    kind: 'box',
    size,
    shape,
    dtype,
    low: lows,
    high: highs,
    bounded: (side = 'both') => {
      if (!SIDES.includes(side)) throw new RangeError(`Box.bounded: side must be ${SIDES.join(', ')}, got ${describeElement(side)}`)
      return (side === 'above' || lower.finite.every(Boolean)) && (side === 'below' || upper.finite.every(Boolean))
    },
    seed: stream.seed,
    seedUnseeded: stream.seedUnseeded,
    random: stream.random,
    sample: (choices) => {
      if (choices !== undefined) refuse(choices)
      return draw(stream.random(), arrayOf(dtype, size))
    },
    contains: (value): value is BoxArray<T> => {
      const numbers = castable(value, dtype, size)
      if (numbers === null) return false
      for (let i = 0; i < size; i++) {
        const x = single ? Math.fround(numbers[i]!) : numbers[i]!
        if (!(x >= lows[i]! && x <= highs[i]!)) return false
      }
      return true
    },
    equals: (other) => {
      if (!isKind<Box>(other, 'box')) return false
      const { shape: s, dtype: d, low: l, high: h } = other
      return d === dtype && same(s, shape) && same(l, lows) && same(h, highs)
    },
    toJSON: (): Json => ({ kind: 'box', shape: [...shape], dtype, low: encodeNumbers(given('low')), high: encodeNumbers(given('high')) }),
    copy: () => withStreamOf(box({ low: given('low'), high: given('high'), shape, dtype }), space),
  }
  return space
}

export function arrayOf<T extends BoxType>(dtype: T, size: number): BoxArray<T> {
  return new ARRAYS[dtype](size) as BoxArray<T>
}

export const isWhole = (dtype: BoxType) => !dtype.startsWith('float')

/** The type that holds all of these without loss where one does, else float64 (NumPy's result_type; ours has no int64). */
export function commonType(types: readonly BoxType[]): BoxType {
  const holdsAll = (type: BoxType) => types.every((one) => one === type || HOLDS[type].includes(one))
  return NARROWEST_FIRST.find(holdsAll) ?? 'float64'
}

function checkBound(name: 'low' | 'high', bound: unknown): void {
  if (typeof bound !== 'number' && !isNumberList(bound)) {
    throw new RangeError(`box: ${name} must be a number or a list of numbers, got ${describeElement(bound)}`)
  }
}

function refuse(choices: { readonly mask?: unknown; readonly p?: unknown }): void {
  checkChoices('Box.sample', choices)
  if (isGiven(choices.mask) || isGiven(choices.p)) {
    throw new EnvError(
      'Box.sample: a box has neither mask nor probabilities; leave them out, or give null where a Dict or Tuple names them',
    )
  }
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
    const holds = typeof value === 'number' && value >= least && value <= most && (!isWhole(dtype) || Number.isInteger(value))
    if (!holds && !(value === open && openAllowed)) {
      throw new RangeError(`box: ${name} must be a number that ${dtype} can hold, got ${describeElement(value)} at index ${i}`)
    }
    finite.push(value !== open)
    values[i] = value === open ? limit : value
  }
  return { values, finite }
}

/** `value` as numbers of this type, or null when it is not an array of this size whose type fits. */
function castable(value: unknown, dtype: BoxType, size: number): ArrayLike<number> | null {
  if (Array.isArray(value)) {
    if (value.length !== size || !value.every((x) => typeof x === 'number')) return null
    return !isWhole(dtype) || value.every(Number.isInteger) ? value : null
  }
  const fits = value instanceof ARRAYS[dtype] || HOLDS[dtype].some((type) => value instanceof ARRAYS[type])
  return fits && (value as BoxArray).length === size ? (value as BoxArray) : null
}

function same(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return a.length === b.length
}
