/**
 * The ground that the walker crosses: 200 points, 14 pixels apart. Grass undulates at random; the hardcore version has stumps, stairs and
 * pits between stretches of grass. Source: Gymnasium 1.4, draw for draw.
 */
import type { Generator } from '../../seeding/generator.js'
import { addBlock, addEdge, ground, HEIGHT, type Physics, type Point, SCALE } from '../world.js'

export const STEP = 14 / SCALE // m between points
export const LENGTH = 200 // points
export const START_HEIGHT = HEIGHT / 4 // m
export const START_PAD = 20 // points of level ground
export const GRASS = 10 // points; a stretch of grass is half as long at least, and always shorter
const PIT_DEPTH = 4 * STEP
const STAIR_WIDTH = 4 // points
const FRICTION = 2.5

export interface Terrain {
  /** Points of the surface from left to right, m. */
  readonly surface: readonly Point[]
  /** Corners of the solid obstacles, m. */
  readonly blocks: readonly (readonly Point[])[]
}

/** A piece of ground of one kind. Its first point is as high as the last one before it. */
interface Stretch {
  /** Points, the first included. */
  readonly length: number
  /** The height of another point. @param y of the last point, m @param left points of the stretch, this one included @param i of all points */
  readonly height: (y: number, left: number, i: number) => number
  readonly blocks?: readonly (readonly Point[])[]
}

/** Begins a stretch at a point. */
type Begin = (random: Generator, x: number, y: number) => Stretch

export function walkerTerrain(random: Generator, hardcore: boolean): Terrain {
  const surface: Point[] = []
  const blocks: (readonly Point[])[] = []
  const undulating = undulation(random)
  let stretch: Stretch = { length: START_PAD, height: undulating }
  let left = stretch.length
  let onGrass = true
  let next: Begin | null = null
  let y = START_HEIGHT

  for (let i = 0; i < LENGTH; i++) {
    const x = i * STEP
    if (next === null) y = stretch.height(y, left, i)
    else {
      stretch = next(random, x, y)
      left = stretch.length
      next = null
      blocks.push(...(stretch.blocks ?? []))
    }
    surface.push([x, y])
    left--
    if (left > 0) continue
    const length = random.integers(GRASS / 2, GRASS) // drawn even if no grass follows
    onGrass = !(onGrass && hardcore)
    next = onGrass ? () => ({ length, height: undulating }) : OBSTACLES[random.integers(0, OBSTACLES.length)]!
  }
  return { surface, blocks }
}

/** Obstacles first, then the surface, all of one body. */
export function buildTerrain(physics: Physics, { surface, blocks }: Terrain): void {
  const body = ground(physics)
  for (const corners of blocks) addBlock(physics, body, corners, FRICTION)
  for (let i = 0; i + 1 < surface.length; i++) addEdge(physics, body, surface[i]!, surface[i + 1]!, FRICTION)
}

/** A slope that wanders, drawn back to the start's height; level before the end of the start pad. */
function undulation(random: Generator): Stretch['height'] {
  let slope = 0 // m per point
  return (y, _left, i) => {
    slope = 0.8 * slope + 0.01 * Math.sign(START_HEIGHT - y)
    if (i > START_PAD) slope += random.uniform(-1, 1) / SCALE
    return y + slope
  }
}

/** A cube to step over, one or two points wide. */
const stump: Begin = (random, x, y) => {
  const length = random.integers(1, 3)
  const side = length * STEP
  const block = block4(x, x + side, y, y + side)
  return { length, height: (same) => same, blocks: [block] }
}

/** Three or four stairs up or down. */
const stairs: Begin = (random, x, y) => {
  const up = random.random() > 0.5 ? 1 : -1
  const count = random.integers(3, 5)
  const length = count * STAIR_WIDTH
  const blocks = Array.from({ length: count }, (_, stair) =>
    block4(x + stair * STAIR_WIDTH * STEP, x + (1 + stair) * STAIR_WIDTH * STEP, y + stair * up * STEP, y + (-1 + stair * up) * STEP),
  )
  return { length, height: (_y, left) => y + ((length - left - up) / STAIR_WIDTH) * up * STEP, blocks }
}

/** A gap of three or four points between two walls. */
const pit: Begin = (random, x, y) => {
  const gap = random.integers(3, 5)
  const floor = y - PIT_DEPTH
  const blocks = [block4(x, x + STEP, y, floor), block4(x + STEP * gap, x + STEP + STEP * gap, y, floor)]
  return { length: gap + 2, height: (_y, left) => (left > 1 ? floor : y), blocks }
}

const OBSTACLES: readonly Begin[] = [stump, stairs, pit]

/** Corners of a rectangle, in the order of Gymnasium's. */
const block4 = (x1: number, x2: number, y1: number, y2: number): Point[] => [
  [x1, y1],
  [x2, y1],
  [x2, y2],
  [x1, y2],
]
