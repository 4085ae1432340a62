/** FilterObservation for a vector: shows some parts of a Dict by their names, or of a Tuple by their positions. */
import { filtering } from '../wrappers/filter-observation.js'
import type { VectorEnv } from './vector-env.js'
import { observingRows, statelessVector, wrappedVector } from './wrapper.js'

/** @throws EnvError unless the observations are a Dict or a Tuple and have all these parts, each asked for once, at least one */
export function filterObservation(venv: VectorEnv, filterKeys: readonly string[] | readonly number[]): VectorEnv {
  const { observationSpace, parts } = filtering(venv.observationSpace, filterKeys)
  const filtered = observingRows(venv, {
    observationSpace,
    write: (from, at, out, outAt) => {
      let next = outAt
      for (const { offset, size } of parts) for (let i = 0; i < size; i++) out[next++] = from[at + offset + i]!
    },
  })
  return wrappedVector(venv, { ...filtered, ...statelessVector('FilterObservation', venv) })
}
