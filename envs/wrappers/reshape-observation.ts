/** ReshapeObservation: shows the same numbers, in the same order, under another shape. Source: equal to Gymnasium's. */
import type { Env } from '../core.js'
import { EnvError } from '../errors.js'
import { type Box, type BoxArray, box } from '../spaces/box.js'
import type { Space } from '../spaces/space.js'
import { boxOf } from './box-of.js'
import { stateless, wrapped } from './wrapper.js'

/** @throws EnvError unless the observations are a Box with as many numbers; RangeError for a shape that is none */
export function reshapeObservation<A>(env: Env<BoxArray, A>, shape: readonly number[]): Env<BoxArray, A> {
  return wrapped<BoxArray, A>(env, {
    observationSpace: reshaped(env.observationSpace, shape) as Space<BoxArray>,
    ...stateless('ReshapeObservation', env),
  })
}

/** The Box with its bounds under another shape. */
export function reshaped(space: Space<never> | Space, shape: readonly number[]): Box {
  const { low, high, dtype, size, shape: old } = boxOf('reshapeObservation', 'observations', space)
  const made = shape.reduce((product, side) => product * side, 1)
  if (made !== size) {
    throw new EnvError(`reshapeObservation: expected a shape of ${size} numbers like [${old.join(', ')}], got [${shape.join(', ')}]`)
  }
  return box({ low: Array.from(low), high: Array.from(high), shape, dtype })
}
