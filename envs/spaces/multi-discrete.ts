/**
 * Several choices at once: number i lies in start[i] … start[i] + nvec[i] − 1. Elements are flat Int32Arrays, row-major.
 * Source: equal to Gymnasium's MultiDiscrete, which multiplies uniform doubles (a Discrete draws bounded integers).
 */
import { EnvError } from '../errors.js'
import { checkChoices, checkShape, isGiven, isKind, isNumberList } from './check.js'
import { describeElement } from './describe.js'
import { checkedList, indicesAllowed } from './discrete.js'
import type { Space } from './space.js'
import { sampleStream, withStreamOf } from './stream.js'

export interface MultiDiscrete extends Space<Int32Array> {
  readonly kind: 'multi-discrete'
  readonly shape: readonly number[]
  /** How many values each number has, flat. */
  readonly nvec: Int32Array
  readonly start: Int32Array
  sample(choices?: MultiChoices): Int32Array
  copy(): MultiDiscrete
}

export interface MultiChoices {
  /** One mask for each number, 1 where a value may be drawn; all zero draws its start. */
  readonly mask?: readonly ArrayLike<number>[] | null
  /** Probabilities of the values of each number. */
  readonly p?: readonly ArrayLike<number>[] | null
}

export interface MultiDiscreteOptions {
  /** Default: all 0. */
  readonly start?: ArrayLike<number>
  /** Default: [the length of nvec]. */
  readonly shape?: readonly number[]
}

const WHERE = 'MultiDiscrete.sample'

/** @throws RangeError unless nvec holds whole numbers of at least 1, and start and shape fit it */
export function multiDiscrete(nvec: ArrayLike<number>, options: MultiDiscreteOptions = {}): MultiDiscrete {
  const counts = integers('nvec', nvec, 1)
  const size = counts.length
  const { shape = [size], start = new Int32Array(size) } = options
  const starts = integers('start', start, -(2 ** 31))
  if (starts.length !== size) throw new RangeError(`multiDiscrete: start must hold ${size} numbers as nvec does, got ${starts.length}`)
  if (checkShape('multiDiscrete', shape) !== size) {
    throw new RangeError(`multiDiscrete: shape [${shape.join(', ')}] does not hold the ${size} numbers of nvec`)
  }
  for (let i = 0; i < size; i++) {
    if (starts[i]! + counts[i]! > 2 ** 31) {
      throw new RangeError(`multiDiscrete: start + nvec must fit 32 bits, got ${starts[i]} + ${counts[i]} at index ${i}`)
    }
  }
  const stream = sampleStream('multiDiscrete')

  const chosen = (choices: MultiChoices): Int32Array => {
    checkChoices(WHERE, choices)
    const { mask, p } = choices
    const lists = mask ?? p
    if (!isGiven(lists)) return space.sample()
    if (!Array.isArray(lists) || lists.length !== size) {
      const got = Array.isArray(lists) ? String(lists.length) : describeElement(lists)
      throw new EnvError(`${WHERE}: expected ${size} lists, one for each number, got ${got}`)
    }
    return counts.map((n, i) => {
      const list = lists[i]! as ArrayLike<number>
      if (isGiven(p)) return starts[i]! + stream.random().choice(n, { p: checkedList(WHERE, 'probabilities', list) })
      const allowed = indicesAllowed(WHERE, list, n)
      return starts[i]! + (allowed.length === 0 ? 0 : allowed[stream.random().choice(allowed.length)]!)
    })
  }

  const space: MultiDiscrete = {
    kind: 'multi-discrete',
    size,
    shape,
    nvec: counts,
    start: starts,
    seed: stream.seed,
    seedUnseeded: stream.seedUnseeded,
    random: stream.random,
    sample: (choices) =>
      choices === undefined ? counts.map((n, i) => starts[i]! + Math.floor(stream.random().random() * n)) : chosen(choices),
    contains: (value): value is Int32Array => {
      if (!isIntegerList(value, size)) return false
      for (let i = 0; i < size; i++) if (value[i]! < starts[i]! || value[i]! >= starts[i]! + counts[i]!) return false
      return true
    },
    equals: (other) => {
      if (!isKind<MultiDiscrete>(other, 'multi-discrete')) return false
      const { shape: s, nvec: n, start: t } = other
      return String(s) === String(shape) && String(n) === String(counts) && String(t) === String(starts)
    },
    toJSON: () => ({ kind: 'multi-discrete', shape: [...shape], nvec: [...counts], start: [...starts] }),
    copy: () => withStreamOf(multiDiscrete(counts, { start: starts, shape }), space),
  }
  return space
}

/** A plain array or a typed array of whole numbers. */
export function isIntegerList(value: unknown, size: number): value is ArrayLike<number> {
  if (!isNumberList(value) || value instanceof Float32Array || value instanceof Float64Array) return false
  if (value.length !== size) return false
  for (let i = 0; i < size; i++) if (!Number.isInteger(value[i])) return false // a loop, because `every` passes over holes
  return true
}

function integers(name: string, values: ArrayLike<number>, least: number): Int32Array {
  if (!isNumberList(values)) throw new RangeError(`multiDiscrete: ${name} must be a list of whole numbers, got ${describeElement(values)}`)
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!
    if (!Number.isInteger(value) || value < least || value >= 2 ** 31) {
      throw new RangeError(
        `multiDiscrete: ${name} must hold whole numbers of at least ${least} that fit 32 bits, got ${describeElement(value)} at index ${i}`,
      )
    }
  }
  return Int32Array.from(values)
}
