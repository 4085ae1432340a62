/**
 * Several choices at once: number i lies in start[i] … start[i] + nvec[i] − 1. Elements are flat Int32Arrays, row-major.
 * Source: equal to Gymnasium's MultiDiscrete, which multiplies uniform doubles (a Discrete draws bounded integers).
 */
import { EnvError } from '../errors.js'
import { indicesAllowed } from './discrete.js'
import type { Space } from './space.js'
import { sampleStream } from './stream.js'

export interface MultiDiscrete extends Space<Int32Array> {
  readonly kind: 'multi-discrete'
  readonly shape: readonly number[]
  /** How many values each number has, flat. */
  readonly nvec: Int32Array
  readonly start: Int32Array
  sample(choices?: MultiChoices): Int32Array
}

export interface MultiChoices {
  /** One mask for each number, 1 where a value may be drawn; all zero draws its start. */
  readonly mask?: readonly ArrayLike<number>[]
  /** Probabilities of the values of each number. */
  readonly p?: readonly ArrayLike<number>[]
}

export interface MultiDiscreteOptions {
  /** Default: all 0. */
  readonly start?: ArrayLike<number>
  /** Default: [the length of nvec]. */
  readonly shape?: readonly number[]
}

/** @throws RangeError unless nvec holds whole numbers of at least 1, and start and shape fit it */
export function multiDiscrete(nvec: ArrayLike<number>, options: MultiDiscreteOptions = {}): MultiDiscrete {
  const size = nvec.length
  const { shape = [size], start = new Int32Array(size) } = options
  const counts = integers('nvec', nvec, 1)
  const starts = integers('start', start, -(2 ** 31))
  if (starts.length !== size) throw new RangeError(`multiDiscrete: start must hold ${size} numbers as nvec does, got ${starts.length}`)
  if (shape.reduce((product, side) => product * side, 1) !== size) {
    throw new RangeError(`multiDiscrete: shape [${shape.join(', ')}] does not hold the ${size} numbers of nvec`)
  }
  const stream = sampleStream()

  const chosen = ({ mask, p }: MultiChoices, i: number): number => {
    const n = counts[i]!
    if (p !== undefined) return stream.random().choice(n, { p: p[i]! })
    if (mask === undefined) return Math.floor(stream.random().random() * n)
    const allowed = indicesAllowed(mask[i]!, n)
    return allowed.length === 0 ? 0 : allowed[stream.random().choice(allowed.length)]!
  }

  return {
    kind: 'multi-discrete',
    size,
    shape,
    nvec: counts,
    start: starts,
    seed: stream.seed,
    sample: (choices = {}) => {
      const { mask, p } = choices
      if (mask !== undefined && p !== undefined) throw new EnvError('MultiDiscrete.sample: give a mask or probabilities, not both')
      for (const list of [mask, p]) {
        if (list !== undefined && list.length !== size)
          throw new EnvError(`MultiDiscrete.sample: expected ${size} lists, one for each number, got ${list.length}`)
      }
      return Int32Array.from({ length: size }, (_, i) => starts[i]! + chosen(choices, i))
    },
    contains: (value): value is Int32Array =>
      isIntegerList(value, size) &&
      Array.prototype.every.call(value, (x: number, i: number) => x >= starts[i]! && x < starts[i]! + counts[i]!),
    equals: (other) => {
      if (other.kind !== 'multi-discrete') return false
      const { shape: s, nvec: n, start: t } = other as MultiDiscrete
      return String(s) === String(shape) && String(n) === String(counts) && String(t) === String(starts)
    },
    toJSON: () => ({ kind: 'multi-discrete', shape: [...shape], nvec: [...counts], start: [...starts] }),
  }
}

/** A plain array or a typed array of whole numbers. */
export function isIntegerList(value: unknown, size: number): value is ArrayLike<number> {
  const list = Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView) && !isFloatArray(value))
  return list && (value as ArrayLike<number>).length === size && Array.prototype.every.call(value, Number.isInteger)
}

const isFloatArray = (value: unknown) => value instanceof Float32Array || value instanceof Float64Array

function integers(name: string, values: ArrayLike<number>, least: number): Int32Array {
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!
    if (!Number.isInteger(value) || value < least || value >= 2 ** 31) {
      throw new RangeError(
        `multiDiscrete: ${name} must hold whole numbers of at least ${least} that fit 32 bits, got ${value} at index ${i}`,
      )
    }
  }
  return Int32Array.from(values)
}
