/**
 * Elements of a space as flat rows of numbers, and back: how observations and actions cross to learners and vector environments.
 * Box and MultiBinary: their numbers. Discrete: one number, the index (the value less `start`). MultiDiscrete: one index each.
 */
import { EnvError } from '../errors.js'
import { arrayOf, type Box } from './box.js'
import type { Discrete } from './discrete.js'
import type { MultiDiscrete } from './multi-discrete.js'
import type { Space } from './space.js'

/** Reads one element from `row[at … at + space.size)`. */
export function readFlat<T>(space: Space<T>, row: ArrayLike<number>, at = 0): T {
  return read(space, row, at) as T
}

/** Writes one element to `row[at … at + space.size)`. The element is taken to be in the space. */
export function writeFlat<T>(space: Space<T>, element: T, row: { [index: number]: number }, at = 0): void {
  switch (space.kind) {
    case 'discrete':
      row[at] = (element as number) - (space as unknown as Discrete).start
      return
    case 'box':
    case 'multi-binary': {
      const numbers = element as ArrayLike<number>
      for (let i = 0; i < space.size; i++) row[at + i] = numbers[i]!
      return
    }
    case 'multi-discrete': {
      const { start } = space as unknown as MultiDiscrete
      for (let i = 0; i < space.size; i++) row[at + i] = (element as ArrayLike<number>)[i]! - start[i]!
      return
    }
    default:
      throw unsupported(space)
  }
}

function read(space: Space, row: ArrayLike<number>, at: number): unknown {
  switch (space.kind) {
    case 'discrete':
      return row[at]! + (space as Discrete).start
    case 'box': {
      const element = arrayOf((space as Box).dtype, space.size)
      for (let i = 0; i < space.size; i++) element[i] = row[at + i]!
      return element
    }
    case 'multi-discrete': {
      const { start } = space as MultiDiscrete
      return Int32Array.from({ length: space.size }, (_, i) => row[at + i]! + start[i]!)
    }
    case 'multi-binary':
      return Int8Array.from({ length: space.size }, (_, i) => row[at + i]!)
    default:
      throw unsupported(space)
  }
}

const unsupported = (space: Space) =>
  new EnvError(`a ${space.kind} space has no flat form; expected box, discrete, multi-discrete or multi-binary`)
