/** The columns of `flatten`, from the flat row of an element (flat.ts) instead of the element itself, without making anything new. */
import type { Dict } from './dict.js'
import type { Discrete } from './discrete.js'
import { flatdim } from './flatten-space.js'
import type { MultiDiscrete } from './multi-discrete.js'
import type { OneOf } from './one-of.js'
import type { Space } from './space.js'
import type { Tuple } from './tuple.js'

type Row = { [index: number]: number }

/**
 * Writes the element in `from[at … at + space.size)` to `out[outAt … outAt + flatdim(space))` with one column for each value of a choice.
 * The space has a flat form.
 * @returns where the next element goes
 */
export function flattenRow(space: Space, from: ArrayLike<number>, at: number, out: Row, outAt: number): number {
  switch (space.kind) {
    case 'discrete':
      return oneHot((space as Discrete).n, from[at]!, out, outAt)
    case 'multi-discrete': {
      const { nvec } = space as MultiDiscrete
      let next = outAt
      for (let i = 0; i < nvec.length; i++) next = oneHot(nvec[i]!, from[at + i]!, out, next)
      return next
    }
    case 'dict': {
      const { keys, spaces } = space as Dict
      let [source, next] = [at, outAt]
      for (const key of keys) {
        const part = spaces[key]!
        next = flattenRow(part, from, source, out, next)
        source += part.size
      }
      return next
    }
    case 'tuple': {
      let [source, next] = [at, outAt]
      for (const part of (space as Tuple).spaces) {
        next = flattenRow(part, from, source, out, next)
        source += part.size
      }
      return next
    }
    case 'one-of': {
      out[outAt] = from[at]!
      const end = outAt + flatdim(space)
      const next = flattenRow((space as OneOf).spaces[from[at]!]!, from, at + 1, out, outAt + 1)
      for (let i = next; i < end; i++) out[i] = next > outAt + 1 ? out[outAt + 1]! : 0 // as `flatten` fills up
      return end
    }
    default:
      for (let i = 0; i < space.size; i++) out[outAt + i] = from[at + i]!
      return outAt + space.size
  }
}

function oneHot(n: number, index: number, out: Row, outAt: number): number {
  for (let i = 0; i < n; i++) out[outAt + i] = i === index ? 1 : 0
  return outAt + n
}
