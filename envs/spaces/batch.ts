/**
 * N elements as one batch, and back. A batch is an element of batchSpace(space, N): one flat array with the elements' numbers one after
 * the other, an object or list of such for Dict and Tuple, and a plain list for elements that vary in length.
 *
 * Source: Gymnasium's concatenate and iterate. We differ: `iterate` takes the space of one element, not of the batch, and so undoes `concatenate`.
 */
import { EnvError } from '../errors.js'
import type { BatchOf } from './batch-space.js'
import { arrayOf, type Box } from './box.js'
import { checkSpace, isNumberList } from './check.js'
import { describeElement, describeSpace } from './describe.js'
import type { Dict } from './dict.js'
import type { ElementOf, Space } from './space.js'
import type { Tuple } from './tuple.js'

type NumberArray = Box['low']

/**
 * @param out a batch of as many elements, to be written over and returned; where the elements are no numbers it is not used
 * @throws EnvError when an element has not the form of the space's, or `out` not that of the batch
 */
export function concatenate<S extends Space>(space: S, elements: readonly ElementOf<S>[], out?: BatchOf<S>): BatchOf<S> {
  checkSpace('concatenate', space)
  if (!Array.isArray(elements)) throw new EnvError(`concatenate: expected a list of elements, got ${describeElement(elements)}`)
  return joined(space, elements, out) as BatchOf<S>
}

/** The elements of a batch. @throws EnvError when it is no batch of the space */
export function iterate<S extends Space>(space: S, batch: BatchOf<S>): ElementOf<S>[] {
  checkSpace('iterate', space)
  const elements = elementsOf(space, batch)
  if (elements === null) throw new EnvError(`iterate: expected a batch of ${describeSpace(space)}, got ${describeElement(batch)}`)
  return elements as ElementOf<S>[]
}

/** The elements of a batch, or null when it is none. Whether the elements are in the space is not looked at. */
export function elementsOf(space: Space, batch: unknown): unknown[] | null {
  switch (space.kind) {
    case 'discrete':
      return isNumberList(batch) && !(batch instanceof Float32Array || batch instanceof Float64Array) ? Array.from(batch) : null
    case 'box':
    case 'multi-discrete':
    case 'multi-binary': {
      const { size } = space
      if (!isNumberList(batch) || size === 0 || batch.length % size !== 0) return null
      return Array.from({ length: batch.length / size }, (_, i) => (batch as NumberArray).slice(i * size, (i + 1) * size))
    }
    case 'dict': {
      const { keys, spaces } = space as Dict
      if (batch === null || typeof batch !== 'object') return null
      const columns = keys.map((key) => elementsOf(spaces[key]!, (batch as Record<string, unknown>)[key]))
      return transposed(columns)?.map((row) => Object.fromEntries(keys.map((key, i) => [key, row[i]]))) ?? null
    }
    case 'tuple':
      if (!Array.isArray(batch) || batch.length !== (space as Tuple).spaces.length) return null
      return transposed((space as Tuple).spaces.map((part, i) => elementsOf(part, batch[i])))
    default:
      return Array.isArray(batch) ? [...batch] : null
  }
}

/** @throws EnvError when a batch of this space does not tell how many elements it has: nothing in them takes any room */
export function checkCountable(where: string, space: Space): void {
  checkSpace(where, space)
  if (space.size === 0 && space.kind !== 'text') {
    throw new EnvError(`${where}: expected a space whose elements hold at least one number, got ${describeSpace(space)}`)
  }
}

function joined(space: Space, elements: readonly unknown[], out: unknown): unknown {
  switch (space.kind) {
    case 'box':
    case 'discrete':
    case 'multi-discrete':
    case 'multi-binary':
      return joinedNumbers(space, elements, out)
    case 'dict': {
      const { keys, spaces } = space as Dict
      const parts = elements.map((element) => part(space, element))
      const outs = out === undefined ? undefined : part(space, out)
      return Object.fromEntries(
        keys.map(
          (key) =>
            [
              key,
              joined(
                spaces[key]!,
                parts.map((one) => one[key]),
                outs?.[key],
              ),
            ] as const,
        ),
      )
    }
    case 'tuple': {
      const parts = elements.map((element) => part(space, element))
      const outs = out === undefined ? undefined : part(space, out)
      return (space as Tuple).spaces.map((child, i) =>
        joined(
          child,
          parts.map((one) => one[i]),
          outs?.[i],
        ),
      )
    }
    default:
      return [...elements]
  }
}

function joinedNumbers(space: Space, elements: readonly unknown[], out: unknown): NumberArray {
  const { size } = space
  const type = space.kind === 'box' ? (space as Box).dtype : space.kind === 'multi-binary' ? 'int8' : 'int32'
  const batch = (out as NumberArray | undefined) ?? arrayOf(type, elements.length * size)
  if (batch.constructor !== arrayOf(type, 0).constructor || batch.length !== elements.length * size) {
    throw new EnvError(
      `concatenate: expected out to be a ${arrayOf(type, 0).constructor.name} of ${elements.length * size} numbers, got ${describeElement(out)}`,
    )
  }
  elements.forEach((element, n) => {
    const numbers = space.kind === 'discrete' && typeof element === 'number' ? [element] : element
    if (!isNumberList(numbers) || numbers.length !== size) throw notOf(space, element)
    for (let i = 0; i < size; i++) batch[n * size + i] = numbers[i]!
  })
  return batch
}

function part(space: Space, value: unknown): Readonly<Record<string | number, unknown>> {
  if (value === null || typeof value !== 'object') throw notOf(space, value)
  return value as Readonly<Record<string | number, unknown>>
}

const notOf = (space: Space, value: unknown) =>
  new EnvError(`concatenate: expected an element of ${describeSpace(space)}, got ${describeElement(value)}`)

/** Rows out of columns of the same length; null when one is missing or they differ. */
function transposed(columns: readonly (unknown[] | null)[]): unknown[][] | null {
  const [first] = columns
  if (!first || columns.some((column) => column?.length !== first.length)) return null
  return first.map((_, i) => columns.map((column) => column![i]))
}
