/** The reward: for getting ahead and keeping the head level, less the effort. Source: Gymnasium 1.4. */
import { SCALE } from '../world.js'

const PROGRESS = 130 / SCALE // per metre: about 300 for all the way
const LEVEL = 5 // per radian
const EFFORT = 0.00035 * 80 // per motor at full torque and frame
export const FALLEN = -100

/** How good a state is. @param x of the hull, m @param angle of the hull, rad */
export const potential = (x: number, angle: number): number => PROGRESS * x - LEVEL * Math.abs(angle)

/** @param action [4], clipped to ±1 */
export function effort(action: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < 4; i++) sum += EFFORT * Math.min(Math.abs(action[i]!), 1)
  return sum
}
