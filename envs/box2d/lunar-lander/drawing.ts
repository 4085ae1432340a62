/** The picture: the moon, two flags at the pad, the lander with its legs, and flames where an engine burns. */
import type { Canvas } from '../../canvas/canvas.js'
import { HEIGHT, type Part, type Point, placed, SCALE, vector, WIDTH } from '../world.js'
import { type Craft, LEG_DOWN } from './craft.js'
import type { Throttle } from './engines.js'
import { PAD_HEIGHT, PAD_LEFT, PAD_RIGHT } from './terrain.js'

const POLE = 50 / SCALE // m
const PENNANT = [25 / SCALE, 10 / SCALE] as const // m, long and high
const FLAME = 20 / SCALE // m at full power

export function drawLander(canvas: Canvas, surface: readonly Point[], { hull, legs }: Craft, throttle: Throttle): void {
  canvas.view({ left: 0, right: WIDTH, bottom: 0, top: HEIGHT })
  canvas.polygon([[0, 0], ...surface, [WIDTH, 0]], 'ground')
  for (const x of [PAD_LEFT, PAD_RIGHT]) drawFlag(canvas, x)
  for (const leg of legs) canvas.polygon(placed(leg), 'body')
  drawFlames(canvas, hull, throttle)
  canvas.polygon(placed(hull), 'accent')
}

function drawFlag(canvas: Canvas, x: number): void {
  const top = PAD_HEIGHT + POLE
  const [long, high] = PENNANT
  canvas.line(x, PAD_HEIGHT, x, top, 'muted')
  canvas.polygon(
    [
      [x, top],
      [x, top - high],
      [x + long, top - high / 2],
    ],
    'goal',
  )
}

function drawFlames(canvas: Canvas, hull: Part, { main, side }: Throttle): void {
  const flame = (corners: readonly Point[]) => {
    const points = corners.map((corner): Point => {
      const { x, y } = hull.body.getWorldPoint(vector(corner))
      return [x, y]
    })
    canvas.polygon(points, 'danger')
  }
  const base = -10 / SCALE
  const edge = (-Math.sign(side) * 17) / SCALE
  const height = 12 / SCALE
  if (main !== 0) {
    flame([
      [-5 / SCALE, base],
      [5 / SCALE, base],
      [0, base - LEG_DOWN * 0.3 - FLAME * main],
    ])
  }
  if (side !== 0) {
    flame([
      [edge, height - 3 / SCALE],
      [edge, height + 3 / SCALE],
      [edge + (-side * FLAME) / 2, height],
    ])
  }
}
