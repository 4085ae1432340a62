/**
 * The surface of the moon: eleven points joined by lines, with a level pad in the middle. Twelve heights are drawn, five in the middle are
 * set to the height of the pad, and each point is about the mean of three neighbours. Source: Gymnasium 1.4.
 */
import type { Generator } from '../../seeding/generator.js'
import { addEdge, ground, HEIGHT, type Physics, type Point, WIDTH } from '../world.js'

const CHUNKS = 11
const MIDDLE = Math.floor(CHUNKS / 2)
const FRICTION = 0.1
const FLOOR_FRICTION = 0.2
const SMOOTHING = 0.33 // of each of three neighbours; a little less than their mean

export const PAD_HEIGHT = HEIGHT / 4 // m
export const PAD_LEFT = chunkX(MIDDLE - 1) // m
export const PAD_RIGHT = chunkX(MIDDLE + 1) // m

/** Points of the surface from left to right, m. */
export function lunarTerrain(random: Generator): Point[] {
  const heights = Array.from({ length: CHUNKS + 1 }, () => random.uniform(0, HEIGHT / 2))
  heights.fill(PAD_HEIGHT, MIDDLE - 2, MIDDLE + 3)
  return Array.from({ length: CHUNKS }, (_, i) => {
    const before = heights.at(i - 1)! // the point on the far left is smoothed with the last height
    return [chunkX(i), SMOOTHING * (before + heights[i]! + heights[i + 1]!)]
  })
}

/** A floor below everything, and the surface. */
export function buildTerrain(physics: Physics, surface: readonly Point[]): void {
  const moon = ground(physics)
  addEdge(physics, moon, [0, 0], [WIDTH, 0], FLOOR_FRICTION)
  for (let i = 0; i + 1 < surface.length; i++) addEdge(physics, moon, surface[i]!, surface[i + 1]!, FRICTION)
}

function chunkX(i: number): number {
  return (WIDTH / (CHUNKS - 1)) * i
}
