/** ReshapeObservation for a vector: the same rows under another shape. */
import { reshaped } from '../wrappers/reshape-observation.js'
import type { VectorEnv } from './vector-env.js'
import { statelessVector, wrappedVector } from './wrapper.js'

/** @throws EnvError unless the observations are a Box with as many numbers; RangeError for a shape that is none */
export function reshapeObservation(venv: VectorEnv, shape: readonly number[]): VectorEnv {
  return wrappedVector(venv, {
    observationSpace: reshaped(venv.observationSpace, shape),
    ...statelessVector('ReshapeObservation', venv),
  })
}
