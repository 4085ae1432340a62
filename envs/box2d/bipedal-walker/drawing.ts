/** The picture: the ground around the walker, which stays at a fifth of the width, its parts, and where the lidar's rays end. */
import type { Canvas } from '../../canvas/canvas.js'
import { HEIGHT, type Part, type Point, placed, SCALE, WIDTH } from '../world.js'
import { RAYS, rayEnd } from './lidar.js'
import { START_HEIGHT, STEP, type Terrain } from './terrain.js'
import type { Walker } from './walker.js'

const FLAG_AT = STEP * 3 // m
const POLE = 50 / SCALE // m
const PENNANT = [25 / SCALE, 10 / SCALE] as const // m, long and high
const BEAM = 0.08 // m, radius of the dot at the end of a ray

/** @param shares how far each ray of the lidar goes, [10] */
export function drawWalker(canvas: Canvas, terrain: Terrain, { hull, legs }: Walker, shares: ArrayLike<number>): void {
  const { x, y } = hull.body.getPosition()
  const left = x - WIDTH / 5
  canvas.view({ left, right: left + WIDTH, bottom: 0, top: HEIGHT })
  drawGround(canvas, terrain, left)
  drawFlag(canvas, left)
  for (let ray = 0; ray < RAYS; ray++) {
    if (shares[ray] === 1) continue
    const [endX, endY] = rayEnd(x, y, ray, shares[ray]!)
    canvas.circle(endX, endY, BEAM, 'danger')
  }
  const draw = (part: Part, ink: 'body' | 'muted' | 'accent') => canvas.polygon(placed(part), ink)
  draw(legs[0]!, 'muted') // the far leg
  draw(legs[1]!, 'muted')
  draw(hull, 'accent')
  draw(legs[2]!, 'body')
  draw(legs[3]!, 'body')
}

/** Cut off at both sides of the view. */
function drawGround(canvas: Canvas, { surface, blocks }: Terrain, left: number): void {
  const right = left + WIDTH
  const within = ([x, y]: Point): Point => [Math.min(Math.max(x, left), right), y]
  const first = Math.max(Math.floor(left / STEP), 0)
  const seen = surface.slice(first, Math.ceil(right / STEP) + 1).map(within)
  if (seen.length > 1) canvas.polygon([[seen[0]![0], 0], ...seen, [seen.at(-1)![0], 0]], 'ground')
  for (const corners of blocks) {
    if (corners[1]![0] > left && corners[0]![0] < right) canvas.polygon(corners.map(within), 'ground')
  }
}

function drawFlag(canvas: Canvas, left: number): void {
  if (FLAG_AT < left) return
  const top = START_HEIGHT + POLE
  const [long, high] = PENNANT
  canvas.line(FLAG_AT, START_HEIGHT, FLAG_AT, top, 'muted')
  canvas.polygon(
    [
      [FLAG_AT, top],
      [FLAG_AT, top - high],
      [FLAG_AT + long, top - high / 2],
    ],
    'goal',
  )
}
