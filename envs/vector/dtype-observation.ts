/** DtypeObservation for a vector: shows each number as another type holds it. Rows stay float32: numbers that need more than it has lose. */
import type { BoxType } from '../spaces/box.js'
import { retyped } from '../wrappers/dtype-observation.js'
import type { VectorEnv } from './vector-env.js'
import { observingRows, statelessVector, wrappedVector } from './wrapper.js'

/** @throws EnvError unless the observations are a Box, Discrete, MultiDiscrete or MultiBinary whose bounds the type holds */
export function dtypeObservation(venv: VectorEnv, dtype: BoxType): VectorEnv {
  return wrappedVector(venv, {
    ...observingRows(venv, retyped(venv.observationSpace, dtype)),
    ...statelessVector('DtypeObservation', venv),
  })
}
