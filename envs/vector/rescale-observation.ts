/** RescaleObservation for a vector: shows observations from the low to the high of their Box as numbers from `minObs` to `maxObs`. */
import { boxOf } from '../wrappers/box-of.js'
import type { RescaleObservationOptions } from '../wrappers/rescale-observation.js'
import { rescaling } from '../wrappers/rescaling.js'
import type { VectorEnv } from './vector-env.js'
import { observingRows, statelessVector, wrappedVector } from './wrapper.js'

/** @throws EnvError unless the observations are a Box of floats; RangeError unless minObs < maxObs, and infinite where the Box is */
export function rescaleObservation(venv: VectorEnv, { minObs, maxObs }: RescaleObservationOptions): VectorEnv {
  const inner = boxOf('rescaleObservation', 'observations', venv.observationSpace)
  const { space, forward } = rescaling('rescaleObservation', inner, { min: minObs, max: maxObs })
  const rescaled = observingRows(venv, {
    observationSpace: space,
    write: (from, at, out, outAt) => {
      for (let i = 0; i < inner.size; i++) out[outAt + i] = forward(from[at + i]!, i)
    },
  })
  return wrappedVector(venv, { ...rescaled, ...statelessVector('RescaleObservation', venv) })
}
