/** What the numbers of an observation row are as an image: which axes are height, width and channels, and how bytes become numbers. */
import type { Box } from '../../envs/spaces/box.js'
import { describeSpace } from '../../envs/spaces/describe.js'
import type { Space } from '../../envs/spaces/space.js'
import { UsageError } from '../../src/core/errors.js'

export interface ImageForm {
  /** Of the observations, as the environment gives them. */
  readonly shape: readonly number[]
  /** Order of those axes that makes [height, width, channels], where stacked frames count as channels. */
  readonly axes: readonly number[]
  readonly height: number
  readonly width: number
  readonly channels: number
  /** What every number is multiplied by: bytes from 0 to 255 become 0 to 1. */
  readonly scale: number
}

/**
 * Two axes: one channel. Three: the shortest counts the channels, the last one where several are as short (so 84 × 84 × 4 and a stack of 4 grey frames,
 * 4 × 84 × 84, are both what they seem). Four: the first counts stacked frames of three.
 * Whole numbers are divided by the largest they can be, so MinAtar's 0 and 1 stay; others are read as they are.
 * @throws UsageError for observations that are no images
 */
export function imageForm(space: Space): ImageForm {
  const shape = space.kind === 'box' ? (space as Box).shape : []
  if (shape.length < 2 || shape.length > 4) {
    throw new UsageError(
      `network.kind cnn: expected images, a box of shape [height, width], [height, width, channels] or [frames, height, width, channels], ` +
        `got ${describeSpace(space)}. Use network.kind mlp.`,
    )
  }
  const axes = axesOf(shape)
  const [height, width] = [shape[axes[0]!]!, shape[axes[1]!]!]
  return { shape, axes, height, width, channels: axes.slice(2).reduce((n, axis) => n * shape[axis]!, 1), scale: scaleOf(space as Box) }
}

/** Whether the axes stand in the order that convolutions read. */
export const inOrder = ({ axes }: ImageForm): boolean => axes.every((axis, i) => axis === i)

/** Which number of a row stands at each place of [height, width, channels]. */
export function placesOf({ shape, axes }: ImageForm): Int32Array {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, n) => product * n, 1))
  const places = new Int32Array(shape.reduce((product, n) => product * n, 1))
  for (let at = 0; at < places.length; at++) {
    let left = at
    let from = 0
    for (let i = axes.length - 1; i >= 0; i--) {
      const axis = axes[i]!
      from += (left % shape[axis]!) * strides[axis]!
      left = Math.floor(left / shape[axis]!)
    }
    places[at] = from
  }
  return places
}

function axesOf(shape: readonly number[]): number[] {
  if (shape.length === 2) return [0, 1]
  const frame = shape.slice(-3)
  const shortest = frame.lastIndexOf(Math.min(...frame))
  const sides = [0, 1, 2].filter((axis) => axis !== shortest)
  return shape.length === 3 ? [...sides, shortest] : [...sides.map((axis) => axis + 1), 0, shortest + 1]
}

function scaleOf({ dtype, high }: Box): number {
  if (dtype.startsWith('float')) return 1
  const largest = Math.max(0, ...high)
  return Number.isFinite(largest) && largest > 0 ? 1 / largest : 1
}
