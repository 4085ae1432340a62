/** Ten rays from the hull, from straight down to nearly straight ahead, that measure how far the ground is. Source: Gymnasium 1.4. */
import { isGround, type Part, type Physics, type Point, SCALE } from '../world.js'

export const RAYS = 10
const RANGE = 160 / SCALE // m
const SPREAD = 1.5 // rad, over all rays

/** Writes the share of its range that each ray goes before it meets ground, 1 where it meets none. */
export function scan({ world }: Physics, { body }: Part, out: Float64Array, at: number): void {
  const { x, y } = body.getPosition()
  for (let ray = 0; ray < RAYS; ray++) {
    const [endX, endY] = rayEnd(x, y, ray, 1)
    out[at + ray] = 1
    world.rayCast({ x, y }, { x: endX, y: endY }, (fixture, _point, _normal, fraction) => {
      if (!isGround(fixture.getFilterCategoryBits())) return -1 // go on as if it were not there
      out[at + ray] = fraction
      return fraction // look no further than this
    })
  }
}

/** Where a ray is after a share of its range. */
export function rayEnd(x: number, y: number, ray: number, share: number): Point {
  const angle = (SPREAD * ray) / RAYS
  return [x + Math.sin(angle) * RANGE * share, y - Math.cos(angle) * RANGE * share]
}
