/** ResizeObservation for a vector: shows images in another size, each new pixel the average of what it covers. */
import { resized } from '../wrappers/resize-observation.js'
import type { VectorEnv } from './vector-env.js'
import { observingRows, statelessVector, wrappedVector } from './wrapper.js'

/**
 * @param shape the new [height, width] in pixels
 * @throws EnvError unless observations are uint8 images; RangeError unless height and width are whole numbers of at least 1
 */
export function resizeObservation(venv: VectorEnv, shape: readonly [height: number, width: number]): VectorEnv {
  return wrappedVector(venv, {
    ...observingRows(venv, resized(venv.observationSpace, shape)),
    ...statelessVector('ResizeObservation', venv),
  })
}
