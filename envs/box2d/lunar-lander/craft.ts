/** The lander: a hull and two legs that spring outward. It begins at the top in the middle. Source: Gymnasium 1.4. */
import { HEIGHT, hinge, type Part, type Physics, type Point, part, rectangle, SCALE, type Touch, WIDTH, watchTouch } from '../world.js'

const HULL_OUTLINE: readonly Point[] = (
  [
    [-14, 17],
    [-17, 0],
    [-17, -10],
    [17, -10],
    [17, 0],
    [14, 17],
  ] as const
).map(([x, y]) => [x / SCALE, y / SCALE])

const HULL_DENSITY = 5 // kg/m²
const HULL_FRICTION = 0.1
const LEG_DENSITY = 1 // kg/m²
const LEG_AWAY = 20 / SCALE // m to the side
export const LEG_DOWN = 18 / SCALE // m below the hull's position
const LEG_OUTLINE = rectangle(2 / SCALE, 8 / SCALE)
const LEG_TILT = 0.05 // rad
const SPRING_TORQUE = 40 // N·m
const SPRING_SPEED = 0.3 // rad/s, slow enough not to throw the lander back into the sky
const SPREAD = [0.4, 0.9] as const // rad, between hull and leg

/** Where the lander begins, m. */
const START: Point = [WIDTH / 2, HEIGHT]

export interface Craft {
  readonly hull: Part
  /** In the order of the observation: the right one first. */
  readonly legs: readonly [Part, Part]
  readonly hullTouch: Touch
  readonly legTouches: readonly [Touch, Touch]
}

export function buildCraft(physics: Physics): Craft {
  const hull = part(physics, { position: START, outline: HULL_OUTLINE, density: HULL_DENSITY, friction: HULL_FRICTION })
  const legs = [leg(physics, hull, -1), leg(physics, hull, 1)] as const
  return {
    hull,
    legs,
    hullTouch: watchTouch(physics, hull),
    legTouches: [watchTouch(physics, legs[0]), watchTouch(physics, legs[1])],
  }
}

/** @param side −1: the right leg, 1: the left one; the sign of every number that mirrors */
function leg(physics: Physics, hull: Part, side: -1 | 1): Part {
  const position: Point = [START[0] - side * LEG_AWAY, START[1]]
  const made = part(physics, { position, angle: side * LEG_TILT, outline: LEG_OUTLINE, density: LEG_DENSITY })
  const [narrow, wide] = SPREAD
  hinge(physics, {
    from: hull,
    to: made,
    fromAt: [0, 0],
    toAt: [side * LEG_AWAY, LEG_DOWN],
    limits: side === -1 ? [narrow, wide] : [-wide, -narrow],
    speed: side * SPRING_SPEED,
    torque: SPRING_TORQUE,
  })
  return made
}
