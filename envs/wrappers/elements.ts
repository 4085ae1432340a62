/** Elements of a space that a wrapper keeps from one step to a later one. */
import { EnvError } from '../errors.js'
import type { Json } from '../json.js'
import { encodeNumbers } from '../numbers.js'
import { savedNumbers } from '../saved.js'
import { arrayOf, type Box } from '../spaces/box.js'
import { describeSpace } from '../spaces/describe.js'
import type { Dict } from '../spaces/dict.js'
import { hasFlatForm, readFlat, writeFlat } from '../spaces/flat.js'
import type { OneOf } from '../spaces/one-of.js'
import type { Space } from '../spaces/space.js'
import type { Text } from '../spaces/text.js'
import type { Tuple } from '../spaces/tuple.js'

/** @throws EnvError when elements vary in length: they could not be saved */
export function checkFlatForm(where: string, space: Space<never> | Space): void {
  if (hasFlatForm(space as Space)) return
  throw new EnvError(`${where}: expected a space whose elements have one size, got ${describeSpace(space as Space)}`)
}

/** A copy: the environment may write over the array that it returned, and the caller over the one that it gave. */
export function copyOf<T>(space: Space<T>, element: T): T {
  return readFlat(space, rowOf(space, element))
}

export function savedForm<T>(space: Space<T>, element: T): Json {
  return encodeNumbers(rowOf(space, element))
}

/** What `savedForm` wrote. @throws EnvError otherwise */
export function loadElement<T>(where: string, space: Space<T>, saved: Json | undefined): T {
  return readFlat(space, savedNumbers(where, saved, space.size))
}

/** The element that stands for nothing: zeros, or the number nearest to zero; the first of choices; the shortest text. */
export function zeroOf<T>(space: Space<T>): T {
  return zero(space as Space) as T
}

function zero(space: Space): unknown {
  switch (space.kind) {
    case 'box': {
      const { low, high, dtype, size } = space as Box
      const zeros = arrayOf(dtype, size)
      for (let i = 0; i < size; i++) zeros[i] = Math.min(Math.max(0, low[i]!), high[i]!)
      return zeros
    }
    case 'dict':
      return Object.fromEntries((space as Dict).keys.map((key) => [key, zero((space as Dict).spaces[key]!)]))
    case 'tuple':
      return (space as Tuple).spaces.map(zero)
    case 'one-of':
      return [0, zero((space as OneOf).spaces[0]!)]
    case 'text':
      return (space as Text).characters[0]?.repeat((space as Text).minLength) ?? ''
    default:
      return readFlat(space, new Float64Array(space.size))
  }
}

function rowOf<T>(space: Space<T>, element: T): Float64Array {
  const row = new Float64Array(space.size)
  writeFlat(space, element, row)
  return row
}
