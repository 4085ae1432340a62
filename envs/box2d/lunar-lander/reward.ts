/** The reward: how much better the state became, less the fuel; and what the end is worth. Source: Gymnasium 1.4. */
import type { Throttle } from './engines.js'

const MAIN_FUEL = 0.3 // per frame at full power
const SIDE_FUEL = 0.03
export const LANDED = 100
export const CRASHED = -100

/** How good a state is: near the pad, slow, upright, legs on the ground. @param s the observation, before it is rounded, [8] */
export function potential(s: ArrayLike<number>): number {
  return (
    -100 * Math.sqrt(s[0]! * s[0]! + s[1]! * s[1]!) -
    100 * Math.sqrt(s[2]! * s[2]! + s[3]! * s[3]!) -
    100 * Math.abs(s[4]!) +
    10 * s[6]! +
    10 * s[7]!
  )
}

export const fuel = ({ main, side }: Throttle): number => main * MAIN_FUEL + Math.abs(side) * SIDE_FUEL
