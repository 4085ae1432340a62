/**
 * Elements of a space as flat rows of numbers, and back: how observations and actions cross to learners and vector environments.
 * Box: its numbers. Discrete: one number, the index (the value less `start`). MultiDiscrete and MultiBinary: one number each.
 */
import { EnvError } from '../errors.js'
import { arrayOf, type Box } from './box.js'
import type { Discrete } from './discrete.js'
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
    case 'box': {
      const numbers = element as ArrayLike<number>
      for (let i = 0; i < space.size; i++) row[at + i] = numbers[i]!
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
    default:
      throw unsupported(space)
  }
}

const unsupported = (space: Space) => new EnvError(`a ${space.kind} space has no flat form yet: expected box or discrete`)
