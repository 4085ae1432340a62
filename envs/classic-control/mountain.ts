/** What the two mountain cars share: the road, and how it looks. */
import type { Canvas } from '../canvas/canvas.js'

export const MIN_POSITION = -1.2
export const MAX_POSITION = 0.6
export const MAX_SPEED = 0.07 // position per step

const ROAD = Array.from({ length: 37 }, (_, i) => MIN_POSITION + (i * (MAX_POSITION - MIN_POSITION)) / 36) // one point every 0.05

/** The height of the road. The dynamics know only its slope. */
const height = (x: number) => Math.sin(3 * x) * 0.45 + 0.55

export function drawMountain(canvas: Canvas, position: number, goal: number): void {
  canvas.view({ left: MIN_POSITION, right: MAX_POSITION, bottom: 0, top: 1.25 })
  for (let i = 1; i < ROAD.length; i++) canvas.line(ROAD[i - 1]!, height(ROAD[i - 1]!), ROAD[i]!, height(ROAD[i]!), 'ground')
  canvas.line(goal, height(goal), goal, height(goal) + 0.2, 'goal')
  canvas.polygon(
    [
      [goal, height(goal) + 0.2],
      [goal + 0.08, height(goal) + 0.16],
      [goal, height(goal) + 0.12],
    ],
    'goal',
  )
  canvas.circle(position, height(position) + 0.05, 0.05, 'accent')
}
