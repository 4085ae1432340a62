/**
 * A row of bits. Elements are flat Int8Arrays of 0 and 1, row-major.
 * Source: equal to Gymnasium's MultiBinary, which cuts four bytes out of every 32-bit draw.
 */
import { EnvError } from '../errors.js'
import { isIntegerList } from './multi-discrete.js'
import type { Space } from './space.js'
import { sampleStream } from './stream.js'

export interface BitChoices {
  /** 0 or 1 fixes a bit, 2 leaves it to chance. */
  readonly mask?: ArrayLike<number>
  /** Probability that a bit is 1. */
  readonly p?: ArrayLike<number>
}

export interface MultiBinary extends Space<Int8Array> {
  readonly kind: 'multi-binary'
  readonly shape: readonly number[]
  sample(choices?: BitChoices): Int8Array
}

/**
 * @param shape how many bits, or their shape
 * @throws RangeError unless every side is a whole number of at least 1
 */
export function multiBinary(shape: number | readonly number[]): MultiBinary {
  const sides = typeof shape === 'number' ? [shape] : shape
  if (sides.length === 0 || !sides.every((side) => Number.isSafeInteger(side) && side >= 1)) {
    throw new RangeError(`multiBinary: expected whole numbers of at least 1, got ${JSON.stringify(shape)}`)
  }
  const size = sides.reduce((product, side) => product * side, 1)
  const stream = sampleStream()
  return {
    kind: 'multi-binary',
    size,
    shape: sides,
    seed: stream.seed,
    sample: ({ mask, p } = {}) => {
      if (mask !== undefined && p !== undefined) throw new EnvError('MultiBinary.sample: give a mask or probabilities, not both')
      if (p !== undefined) {
        checkEach('probability', p, size, (x) => x >= 0 && x <= 1, 'from 0 to 1')
        return Int8Array.from({ length: size }, (_, i) => (stream.random().random() <= p[i]! ? 1 : 0))
      }
      const bits = Int8Array.from(stream.random().integersOfType(0, 2, size, 'int8'))
      if (mask === undefined) return bits
      checkEach('mask', mask, size, (x) => x === 0 || x === 1 || x === 2, '0, 1 or 2')
      return bits.map((bit, i) => (mask[i] === 2 ? bit : mask[i]!))
    },
    contains: (value): value is Int8Array =>
      isIntegerList(value, size) && Array.prototype.every.call(value, (x: number) => x === 0 || x === 1),
    equals: (other) => other.kind === 'multi-binary' && String((other as MultiBinary).shape) === String(sides),
    toJSON: () => ({ kind: 'multi-binary', shape: [...sides] }),
  }
}

function checkEach(name: string, values: ArrayLike<number>, size: number, ok: (x: number) => boolean, expected: string): void {
  if (values.length !== size || !Array.prototype.every.call(values, ok)) {
    throw new RangeError(
      `MultiBinary.sample: a ${name} must hold ${size} numbers, each ${expected}, got [${Array.from(values).join(', ')}]`,
    )
  }
}
