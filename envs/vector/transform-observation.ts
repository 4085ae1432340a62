/** TransformObservation for a vector: a function of one's own writes each row that is shown. */
import type { Space } from '../spaces/space.js'
import type { VectorEnv } from './vector-env.js'
import { observingRows, statelessVector, wrappedVector } from './wrapper.js'

export interface TransformRowsOptions {
  /** Where the changed observations lie. Default: where they lay before. */
  readonly observationSpace?: Space
}

/** @param write reads the flat observation `from[at … )` and writes the changed one to `out[outAt … )`; it must depend on that row alone */
export function transformObservation(
  venv: VectorEnv,
  write: (from: Float32Array, at: number, out: Float32Array, outAt: number) => void,
  { observationSpace = venv.observationSpace }: TransformRowsOptions = {},
): VectorEnv {
  return wrappedVector(venv, { ...observingRows(venv, { observationSpace, write }), ...statelessVector('TransformObservation', venv) })
}
