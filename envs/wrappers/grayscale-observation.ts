/**
 * GrayscaleObservation: shows colour images in shades of grey, by the luminance that ITU-R BT.709 gives red, green and blue.
 * Source: equal to Gymnasium's; fractions are cut off, not rounded.
 */
import type { Env } from '../core.js'
import { EnvError } from '../errors.js'
import { box } from '../spaces/box.js'
import { imageBox } from './box-of.js'
import { observing } from './wrapper.js'

const RED = 0.2125
const GREEN = 0.7154
const BLUE = 0.0721

export interface GrayscaleObservationOptions {
  /** Whether the shape keeps a third side of 1. Default false: [height, width]. */
  readonly keepDim?: boolean
}

/** @throws EnvError unless observations are uint8 images of shape [height, width, 3] */
export function grayscaleObservation<A>(
  env: Env<Uint8Array, A>,
  { keepDim = false }: GrayscaleObservationOptions = {},
): Env<Uint8Array, A> {
  const { shape } = imageBox('grayscaleObservation', env.observationSpace)
  const [height, width, channels] = shape as readonly [number, number, number?]
  if (channels !== 3) throw new EnvError(`grayscaleObservation: expected images of shape [height, width, 3], got [${shape.join(', ')}]`)
  const space = box({ low: 0, high: 255, shape: keepDim ? [height, width, 1] : [height, width], dtype: 'uint8' })
  return observing('GrayscaleObservation', env, space, (image) => {
    const grey = new Uint8Array(height * width)
    for (let i = 0; i < grey.length; i++) grey[i] = image[3 * i]! * RED + image[3 * i + 1]! * GREEN + image[3 * i + 2]! * BLUE
    return grey
  })
}
