/**
 * The engines: what an action means for them, and the impulse they give. Each burns with some dispersion, drawn anew every frame,
 * burning or not.
 *
 * Source: Gymnasium 1.4, its asymmetry included: the point where a side engine pushes lies 17 pixels away in x but 14 in y, so its torque
 * depends on the angle of the craft. Exhaust particles are left out: there they exist only when someone watches, and they touch nothing
 * but the ground.
 */
import type { Generator } from '../../seeding/generator.js'
import type { Body } from '../planck.js'
import { SCALE } from '../world.js'

const MAIN_POWER = 13 // impulse per metre of the vector below, kg/s
const SIDE_POWER = 0.6 // kg/s
const MAIN_BELOW = 4 / SCALE // m
const SIDE_AWAY = 12 / SCALE // m
const SIDE_HEIGHT_X = 17 / SCALE // m
const SIDE_HEIGHT_Y = 14 / SCALE // m

/** How hard the engines burn. */
export interface Throttle {
  /** 0, or 0.5 to 1. */
  readonly main: number
  /** 0, or 0.5 to 1: the engine that pushes to the right; −0.5 to −1: the one that pushes to the left. */
  readonly side: number
}

export const OFF: Throttle = { main: 0, side: 0 }

/** 0: nothing; 1: left engine; 2: main engine; 3: right engine. */
const DISCRETE: readonly Throttle[] = [OFF, { main: 0, side: -1 }, { main: 1, side: 0 }, { main: 0, side: 1 }]

export const discreteThrottle = (action: ArrayLike<number>): Throttle => DISCRETE[action[0]!]!

/** Two numbers within ±1: main (off below 0, then from half power up) and side (off within ±0.5). */
export function continuousThrottle(action: ArrayLike<number>): Throttle {
  const main = Math.min(action[0]!, 1)
  const side = Math.max(Math.min(action[1]!, 1), -1)
  return { main: main > 0 ? (main + 1) * 0.5 : 0, side: Math.abs(side) > 0.5 ? side : 0 }
}

export function fire(hull: Body, { main, side }: Throttle, random: Generator): void {
  const angle = hull.getAngle()
  const { x, y } = hull.getPosition()
  const [sin, cos] = [Math.sin(angle), Math.cos(angle)]
  const along = random.uniform(-1, 1) / SCALE // m
  const across = random.uniform(-1, 1) / SCALE // m

  if (main !== 0) {
    const reach = MAIN_BELOW + 2 * along
    const pushX = sin * reach - cos * across
    const pushY = -cos * reach - sin * across
    const power = MAIN_POWER * main
    hull.applyLinearImpulse({ x: -pushX * power, y: -pushY * power }, { x: x + pushX, y: y + pushY }, true)
  }
  if (side !== 0) {
    const reach = 3 * across + Math.sign(side) * SIDE_AWAY
    const pushX = sin * along - cos * reach
    const pushY = -cos * along - sin * reach
    const power = SIDE_POWER * Math.abs(side)
    const at = { x: x + pushX - sin * SIDE_HEIGHT_X, y: y + pushY + cos * SIDE_HEIGHT_Y }
    hull.applyLinearImpulse({ x: -pushX * power, y: -pushY * power }, at, true)
  }
}
