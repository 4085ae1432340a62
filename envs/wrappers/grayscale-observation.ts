/**
 * GrayscaleObservation: shows colour images in shades of grey, by the luminance that ITU-R BT.709 gives red, green and blue.
 * Source: equal to Gymnasium's; fractions are cut off, not rounded.
 */
import type { Env } from '../core.js'
import { EnvError } from '../errors.js'
import { type Box, box } from '../spaces/box.js'
import type { Space } from '../spaces/space.js'
import { imageBox } from './box-of.js'
import type { RowChange } from './row-change.js'
import { observing } from './wrapper.js'

const RED = 0.2125
const GREEN = 0.7154
const BLUE = 0.0721

export interface GrayscaleObservationOptions {
  /** Whether the shape keeps a third side of 1. Default false: [height, width]. */
  readonly keepDim?: boolean
}

/** @throws EnvError unless observations are uint8 images of shape [height, width, 3] */
export function grayscaleObservation<A>(env: Env<Uint8Array, A>, options: GrayscaleObservationOptions = {}): Env<Uint8Array, A> {
  const { observationSpace, write } = grey(env.observationSpace, options)
  return observing('GrayscaleObservation', env, observationSpace, (image) => {
    const shown = new Uint8Array(observationSpace.size)
    write(image, 0, shown, 0)
    return shown
  })
}

export function grey(space: Space<never> | Space, { keepDim = false }: GrayscaleObservationOptions): RowChange<Box<'uint8'>> {
  const { shape } = imageBox('grayscaleObservation', space)
  const [height, width, channels] = shape as readonly [number, number, number?]
  if (channels !== 3) throw new EnvError(`grayscaleObservation: expected images of shape [height, width, 3], got [${shape.join(', ')}]`)
  return {
    observationSpace: box({ low: 0, high: 255, shape: keepDim ? [height, width, 1] : [height, width], dtype: 'uint8' }),
    write: (image, at, out, outAt) => {
      for (let i = 0; i < height * width; i++) {
        const pixel = at + 3 * i
        out[outAt + i] = Math.floor(image[pixel]! * RED + image[pixel + 1]! * GREEN + image[pixel + 2]! * BLUE)
      }
    },
  }
}
