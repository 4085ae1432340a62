/** GrayscaleObservation for a vector: shows colour images in shades of grey. */
import { type GrayscaleObservationOptions, grey } from '../wrappers/grayscale-observation.js'
import type { VectorEnv } from './vector-env.js'
import { observingRows, statelessVector, wrappedVector } from './wrapper.js'

/** @throws EnvError unless observations are uint8 images of shape [height, width, 3] */
export function grayscaleObservation(venv: VectorEnv, options: GrayscaleObservationOptions = {}): VectorEnv {
  return wrappedVector(venv, {
    ...observingRows(venv, grey(venv.observationSpace, options)),
    ...statelessVector('GrayscaleObservation', venv),
  })
}
