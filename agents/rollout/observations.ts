/**
 * Observations as flat float32 rows that a network can read. Box: its numbers as they are. Discrete: one-hot, so that no state counts as
 * larger than another. Other spaces are refused before anything starts.
 */
import type { Discrete } from '../../envs/spaces/discrete.js'
import type { Space } from '../../envs/spaces/space.js'
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
  switch (space.kind) {
    case 'box':
      return { size: space.size, encode: (rows) => rows }
    case 'discrete':
      return oneHot((space as Discrete).n)
    default:
      throw new UsageError(`agents cannot read ${space.kind} observations yet: supported are box and discrete.`)
  }
}

function oneHot(n: number): ObservationEncoder {
  let out = new Float32Array(0)
  return {
    size: n,
    encode: (rows, count) => {
      if (out.length !== count * n) out = new Float32Array(count * n)
      out.fill(0)
      for (let i = 0; i < count; i++) out[i * n + rows[i]!] = 1
      return out
    },
  }
}
