/**
 * ResizeObservation: shows images in another size. Each new pixel is the average of the part of the old image that it covers, pixels
 * at the rim counting by the share that is covered, and is rounded to the nearest whole number.
 *
 * Source: the area interpolation of OpenCV, which Gymnasium uses, in exact arithmetic: halves round up here and sometimes down there.
 */
import type { Env } from '../core.js'
import { type Box, box } from '../spaces/box.js'
import type { Space } from '../spaces/space.js'
import { imageBox } from './box-of.js'
import type { RowChange } from './row-change.js'
import { observing } from './wrapper.js'

/**
 * @param shape the new [height, width] in pixels
 * @throws EnvError unless observations are uint8 images; RangeError unless height and width are whole numbers of at least 1
 */
export function resizeObservation<A>(env: Env<Uint8Array, A>, shape: readonly [height: number, width: number]): Env<Uint8Array, A> {
  const { observationSpace, write } = resized(env.observationSpace, shape)
  return observing('ResizeObservation', env, observationSpace, (image) => {
    const shown = new Uint8Array(observationSpace.size)
    write(image, 0, shown, 0)
    return shown
  })
}

export function resized(space: Space<never> | Space, shape: readonly [height: number, width: number]): RowChange<Box<'uint8'>> {
  if (shape.length !== 2 || !shape.every((side) => Number.isSafeInteger(side) && side >= 1)) {
    throw new RangeError(`resizeObservation: expected a height and a width, whole numbers of at least 1, got [${shape.join(', ')}]`)
  }
  const from = imageBox('resizeObservation', space)
  const [oldHeight, oldWidth, channels = 1] = from.shape as readonly [number, number, number?]
  const [height, width] = shape
  const rows = coverage(oldHeight, height)
  const columns = coverage(oldWidth, width)

  const write: RowChange['write'] = (image, at, out, outAt) => {
    let next = outAt
    for (const { first: top, shares: shareOfRow } of rows) {
      for (const { first: left, shares: shareOfColumn } of columns) {
        for (let channel = 0; channel < channels; channel++) {
          let sum = 0
          for (let y = 0; y < shareOfRow.length; y++) {
            const row = at + ((top + y) * oldWidth + left) * channels + channel
            for (let x = 0; x < shareOfColumn.length; x++) sum += shareOfRow[y]! * shareOfColumn[x]! * image[row + x * channels]!
          }
          out[next++] = Math.floor(sum / (oldHeight * oldWidth) + 0.5)
        }
      }
    }
  }
  return { observationSpace: box({ low: 0, high: 255, shape: [height, width, ...from.shape.slice(2)], dtype: 'uint8' }), write }
}

interface Coverage {
  /** The first old pixel that a new one covers. */
  readonly first: number
  /** How much it covers of that one and those after it, in units of 1/new pixels: whole numbers, so that sums are exact. */
  readonly shares: readonly number[]
}

/** What each of `count` new pixels covers of `old` ones along one side. Measured in units of which an old pixel has `count`, a new one `old`. */
function coverage(old: number, count: number): Coverage[] {
  return Array.from({ length: count }, (_, i) => {
    const from = i * old
    const to = from + old
    const first = Math.floor(from / count)
    const last = Math.ceil(to / count)
    const shares = Array.from(
      { length: last - first },
      (_, k) => Math.min(to, (first + k + 1) * count) - Math.max(from, (first + k) * count),
    )
    return { first, shares }
  })
}
