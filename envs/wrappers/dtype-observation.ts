/**
 * DtypeObservation: shows numbers in an array of another type, as such an array takes them: fractions are cut off where it holds whole
 * numbers. A choice becomes a Box of its values. Source: Gymnasium's. We differ: the Box of a choice ends at its last value, not one after.
 */
import type { Env } from '../core.js'
import { EnvError } from '../errors.js'
import { arrayOf, type Box, type BoxArray, type BoxType, box } from '../spaces/box.js'
import { describeSpace } from '../spaces/describe.js'
import type { Discrete } from '../spaces/discrete.js'
import type { MultiBinary } from '../spaces/multi-binary.js'
import type { MultiDiscrete } from '../spaces/multi-discrete.js'
import type { Space } from '../spaces/space.js'
import type { RowChange } from './row-change.js'
import { observing } from './wrapper.js'

/** @throws EnvError unless the observations are a Box, Discrete, MultiDiscrete or MultiBinary whose bounds the type holds */
export function dtypeObservation<A>(env: Env<number | ArrayLike<number>, A>, dtype: BoxType): Env<BoxArray, A> {
  const { observationSpace } = retyped(env.observationSpace as Space, dtype)
  return observing('DtypeObservation', env, observationSpace as Space<BoxArray>, (observation) => {
    const shown = arrayOf(dtype, observationSpace.size)
    shown.set(typeof observation === 'number' ? [observation] : observation)
    return shown
  })
}

export function retyped(space: Space, dtype: BoxType): RowChange<Box> {
  const { low, high, shape, start } = numbersOf(space)
  const held = arrayOf(dtype, 1) // what an array of this type makes of a number
  return {
    observationSpace: box({ low, high, shape, dtype }),
    write: (from, at, out, outAt) => {
      for (let i = 0; i < low.length; i++) {
        held[0] = from[at + i]! + start[i]!
        out[outAt + i] = held[0]!
      }
    },
  }
}

interface Numbers {
  readonly low: readonly number[]
  readonly high: readonly number[]
  readonly shape: readonly number[]
  /** What the flat row of an element leaves out. */
  readonly start: readonly number[]
}

function numbersOf(space: Space): Numbers {
  const { size } = space
  const all = (value: number) => new Array<number>(size).fill(value)
  switch (space.kind) {
    case 'box': {
      const { low, high, shape } = space as Box
      return { low: Array.from(low), high: Array.from(high), shape, start: all(0) }
    }
    case 'multi-binary':
      return { low: all(0), high: all(1), shape: (space as MultiBinary).shape, start: all(0) }
    case 'discrete': {
      const { n, start } = space as Discrete
      return { low: [start], high: [start + n - 1], shape: [], start: [start] }
    }
    case 'multi-discrete': {
      const { nvec, start, shape } = space as MultiDiscrete
      const first = Array.from(start)
      return { low: first, high: first.map((s, i) => s + nvec[i]! - 1), shape, start: first }
    }
    default:
      throw new EnvError(
        `dtypeObservation: expected observations in a Box, Discrete, MultiDiscrete or MultiBinary, got ${describeSpace(space)}`,
      )
  }
}
