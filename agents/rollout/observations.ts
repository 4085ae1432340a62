/**
 * Observations as flat float32 rows that a network can read. Box and MultiBinary: their numbers as they are. Discrete and MultiDiscrete:
 * one-hot, so that no state counts as larger than another. Dict and Tuple: their parts side by side. These are the columns of the
 * environments' `flatten`. Other spaces are refused before anything starts.
 */
import type { Dict } from '../../envs/spaces/dict.js'
import type { Discrete } from '../../envs/spaces/discrete.js'
import type { MultiDiscrete } from '../../envs/spaces/multi-discrete.js'
import type { Space } from '../../envs/spaces/space.js'
import type { Tuple } from '../../envs/spaces/tuple.js'
import { UsageError } from '../../src/core/errors.js'

export interface ObservationEncoder {
  /** Columns of an encoded row. */
  readonly size: number
  /**
   * @param rows [count, space.size] as a vector environment gives them
   * @returns [count, size]: `rows` itself where nothing changes, else the encoder's own array, valid until its next call
   */
  encode(rows: Float32Array, count: number): Float32Array
}

/** @throws UsageError for a space that cannot be encoded */
export function observationEncoder(space: Space): ObservationEncoder {
  const values = valueCounts(space)
  return values.every((n) => n === 0) ? { size: space.size, encode: (rows) => rows } : oneHot(values)
}

/** How many values each number of a row chooses among; 0 where it stays a number. */
function valueCounts(space: Space): number[] {
  switch (space.kind) {
    case 'box':
    case 'multi-binary':
      return new Array<number>(space.size).fill(0)
    case 'discrete':
      return [(space as Discrete).n]
    case 'multi-discrete':
      return [...(space as MultiDiscrete).nvec]
    case 'dict':
      return (space as Dict).keys.flatMap((key) => valueCounts((space as Dict).spaces[key]!))
    case 'tuple':
      return (space as Tuple).spaces.flatMap(valueCounts)
    default:
      throw new UsageError(
        `agents cannot read ${space.kind} observations yet: supported are box, discrete, multi-discrete, multi-binary, and dict and tuple of these.`,
      )
  }
}

function oneHot(values: readonly number[]): ObservationEncoder {
  const width = values.length
  const size = values.reduce((sum, n) => sum + Math.max(n, 1), 0)
  let out = new Float32Array(0)
  return {
    size,
    encode: (rows, count) => {
      if (out.length !== count * size) out = new Float32Array(count * size)
      out.fill(0)
      let column = 0
      for (let i = 0; i < count; i++) {
        for (let j = 0; j < width; j++) {
          const n = values[j]!
          const value = rows[i * width + j]!
          if (n === 0) out[column] = value
          else out[column + value] = 1
          column += n === 0 ? 1 : n
        }
      }
      return out
    },
  }
}
