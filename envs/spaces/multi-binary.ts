/**
 * A row of bits. Elements are flat Int8Arrays of 0 and 1, row-major.
 * Source: equal to Gymnasium's MultiBinary, which cuts four bytes out of every 32-bit draw.
 */
import { checkChoices, isGiven, isKind, isNumberList } from './check.js'
import { describeElement } from './describe.js'
import { checkedList } from './discrete.js'
import { isIntegerList } from './multi-discrete.js'
import type { Space } from './space.js'
import { sampleStream, withStreamOf } from './stream.js'

export interface BitChoices {
  /** 0 or 1 fixes a bit, 2 leaves it to chance. */
  readonly mask?: ArrayLike<number> | null
  /** Probability that a bit is 1. */
  readonly p?: ArrayLike<number> | null
}

export interface MultiBinary extends Space<Int8Array> {
  readonly kind: 'multi-binary'
  readonly shape: readonly number[]
  sample(choices?: BitChoices): Int8Array
  copy(): MultiBinary
}

/**
 * @param shape how many bits, or their shape
 * @throws RangeError unless every side is a whole number of at least 1
 */
export function multiBinary(shape: number | readonly number[]): MultiBinary {
  const sides = isNumberList(shape) ? Array.from(shape) : [shape]
  if (sides.length === 0 || !sides.every((side) => Number.isSafeInteger(side) && side >= 1)) {
    throw new RangeError(`multiBinary: expected whole numbers of at least 1, got ${describeElement(shape)}`)
  }
  const size = sides.reduce((product, side) => product * side, 1)
  const stream = sampleStream('multiBinary')

  const chosen = (choices: BitChoices): Int8Array => {
    checkChoices('MultiBinary.sample', choices)
    const { mask, p } = choices
    if (isGiven(p)) {
      checkEach('probability', p, size, (x) => x >= 0 && x <= 1, 'from 0 to 1')
      return Int8Array.from({ length: size }, (_, i) => (stream.random().random() <= p[i]! ? 1 : 0))
    }
    if (!isGiven(mask)) return space.sample()
    checkEach('mask', mask, size, (x) => x === 0 || x === 1 || x === 2, '0, 1 or 2')
    return space.sample().map((bit, i) => (mask[i] === 2 ? bit : mask[i]!))
  }

  const space: MultiBinary = {
    kind: 'multi-binary',
    size,
    shape: sides,
    seed: stream.seed,
    seedUnseeded: stream.seedUnseeded,
    random: stream.random,
    sample: (choices) => (choices === undefined ? Int8Array.from(stream.random().integersOfType(0, 2, size, 'int8')) : chosen(choices)),
    contains: (value): value is Int8Array =>
      isIntegerList(value, size) && Array.prototype.every.call(value, (x: number) => x === 0 || x === 1),
    equals: (other) => isKind<MultiBinary>(other, 'multi-binary') && String(other.shape) === String(sides),
    toJSON: () => ({ kind: 'multi-binary', shape: [...sides] }),
    copy: () => withStreamOf(multiBinary(sides), space),
  }
  return space
}

function checkEach(name: string, values: ArrayLike<number>, size: number, ok: (x: number) => boolean, expected: string): void {
  const list = checkedList('MultiBinary.sample', `a ${name}`, values)
  if (list.length !== size || !Array.prototype.every.call(list, ok)) {
    throw new RangeError(`MultiBinary.sample: a ${name} must hold ${size} numbers, each ${expected}, got [${Array.from(list).join(', ')}]`)
  }
}
