/**
 * Elements of a space as flat rows of numbers, and back: how observations and actions cross to learners and vector environments.
 * Box and MultiBinary: their numbers. Discrete: one number, the index (the value less `start`). MultiDiscrete: one index each.
 * Dict and Tuple: their parts one after the other. Text: the index of each character, then the number of characters where the word has
 * ended. OneOf: which space, then its element, then zeros. Sequence and Graph vary in length and have none.
 */
import { EnvError } from '../errors.js'
import { arrayOf, type Box } from './box.js'
import { describeSpace } from './describe.js'
import type { Dict } from './dict.js'
import type { Discrete } from './discrete.js'
import type { MultiDiscrete } from './multi-discrete.js'
import type { OneOf } from './one-of.js'
import type { Space } from './space.js'
import type { Text } from './text.js'
import type { Tuple } from './tuple.js'

type Row = { [index: number]: number }

/** Whether elements have a flat form: not where a Sequence or a Graph is among the parts. */
export const hasFlatForm = (space: Space): boolean => Number.isFinite(space.size)

/** Reads one element from `row[at … at + space.size)`. @throws EnvError when the space has no flat form */
export function readFlat<T>(space: Space<T>, row: ArrayLike<number>, at = 0): T {
  if (!hasFlatForm(space)) throw unsupported(space)
  return read(space, row, at) as T
}

/** Writes one element to `row[at … at + space.size)`. The element is taken to be in the space. @throws EnvError when the space has no flat form */
export function writeFlat<T>(space: Space<T>, element: T, row: Row, at = 0): void {
  if (!hasFlatForm(space)) throw unsupported(space)
  write(space, element, row, at)
}

function write(space: Space, element: unknown, row: Row, at: number): void {
  switch (space.kind) {
    case 'discrete':
      row[at] = (element as number) - (space as Discrete).start
      return
    case 'box':
    case 'multi-binary': {
      const numbers = element as ArrayLike<number>
      for (let i = 0; i < space.size; i++) row[at + i] = numbers[i]!
      return
    }
    case 'multi-discrete': {
      const { start } = space as MultiDiscrete
      for (let i = 0; i < space.size; i++) row[at + i] = (element as ArrayLike<number>)[i]! - start[i]!
      return
    }
    case 'dict': {
      const { keys, spaces } = space as Dict
      let next = at
      for (const key of keys) {
        write(spaces[key]!, (element as Record<string, unknown>)[key], row, next)
        next += spaces[key]!.size
      }
      return
    }
    case 'tuple': {
      const { spaces } = space as Tuple
      let next = at
      for (let i = 0; i < spaces.length; i++) {
        write(spaces[i]!, (element as readonly unknown[])[i], row, next)
        next += spaces[i]!.size
      }
      return
    }
    case 'text': {
      const { maxLength, characters, characterIndex } = space as Text
      let i = 0
      for (const character of element as string) row[at + i++] = characterIndex(character)
      for (; i < maxLength; i++) row[at + i] = characters.length
      return
    }
    case 'one-of': {
      const [which, chosen] = element as readonly [number, unknown]
      const part = (space as OneOf).spaces[which]!
      row[at] = which
      write(part, chosen, row, at + 1)
      for (let i = 1 + part.size; i < space.size; i++) row[at + i] = 0
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
    case 'dict': {
      const { keys, spaces } = space as Dict
      const element: [string, unknown][] = []
      let next = at
      for (const key of keys) {
        element.push([key, read(spaces[key]!, row, next)])
        next += spaces[key]!.size
      }
      return Object.fromEntries(element)
    }
    case 'tuple': {
      let next = at
      return (space as Tuple).spaces.map((part) => {
        next += part.size
        return read(part, row, next - part.size)
      })
    }
    case 'text': {
      const { maxLength, characters } = space as Text
      let word = ''
      for (let i = 0; i < maxLength; i++) word += characters[row[at + i]!] ?? ''
      return word
    }
    case 'one-of':
      return [row[at]!, read((space as OneOf).spaces[row[at]!]!, row, at + 1)]
    default:
      throw unsupported(space)
  }
}

const unsupported = (space: Space) =>
  new EnvError(`${describeSpace(space)} has no flat form: its elements vary in length. Use a space whose elements have one size.`)
