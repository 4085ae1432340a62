/** What wrappers need to know of a space before they change its elements. */
import { EnvError } from '../errors.js'
import type { Box } from '../spaces/box.js'
import { describeElement, describeSpace } from '../spaces/describe.js'
import type { Space } from '../spaces/space.js'

/** @throws EnvError unless the space is a Box */
export function boxOf(where: string, what: 'observations' | 'actions', space: Space<never> | Space): Box {
  if (space.kind !== 'box') throw new EnvError(`${where}: expected ${what} in a Box, got ${describeSpace(space as Space)}`)
  return space as unknown as Box
}

/** An image: a Box of uint8 from 0 to 255 with shape [height, width] or [height, width, channels]. @throws EnvError otherwise */
export function imageBox(where: string, space: Space<never> | Space): Box<'uint8'> {
  const { dtype, shape, low, high } = boxOf(where, 'observations', space)
  const whole = dtype === 'uint8' && low.every((l) => l === 0) && high.every((h) => h === 255)
  if (whole && (shape.length === 2 || shape.length === 3)) return space as unknown as Box<'uint8'>
  throw new EnvError(
    `${where}: expected images, uint8 from 0 to 255 of shape [height, width] or [height, width, channels], got ${describeSpace(space as Space)}${whole || dtype !== 'uint8' ? '' : ' with other bounds'}`,
  )
}

/** A row of numbers of the size that a Box has; their values are not looked at. @throws EnvError otherwise */
export function checkSize(where: string, size: number, row: ArrayLike<number>): void {
  if (row?.length !== size) throw new EnvError(`${where}: expected ${size} numbers, got ${describeElement(row)}`)
}
