/** The walker: a hull and two legs of two parts, with a motor in each hip and knee. Source: Gymnasium 1.4. */
import type { RevoluteJoint } from '../planck.js'
import { hinge, type Part, type Physics, type Point, part, rectangle, SCALE, type Touch, watchTouch } from '../world.js'
import { START_HEIGHT, START_PAD, STEP } from './terrain.js'

const HULL_OUTLINE: readonly Point[] = (
  [
    [-30, 9],
    [-30, -8],
    [34, -8],
    [34, 1],
    [6, 9],
  ] as const
).map(([x, y]) => [x / SCALE, y / SCALE])

const HULL_DENSITY = 5 // kg/m²
const HULL_FRICTION = 0.1
const LEG_DENSITY = 1 // kg/m²
const HIP = -8 / SCALE // m, of the hips against the hull's position
const WIDE = 8 / SCALE // m, of an upper leg
const LONG = 34 / SCALE // m, of each part of a leg
const UPPER_OUTLINE = rectangle(WIDE / 2, LONG / 2)
const LOWER_OUTLINE = rectangle((0.8 * WIDE) / 2, LONG / 2)
const TILT = 0.05 // rad, of the legs at the start
const HIP_LIMITS = [-0.8, 1.1] as const // rad
const KNEE_LIMITS = [-1.6, -0.1] as const // rad

const TORQUE = 80 // N·m, at most
export const HIP_SPEED = 4 // rad/s
export const KNEE_SPEED = 6 // rad/s

/** Where the hull begins, m. */
const START: Point = [(STEP * START_PAD) / 2, START_HEIGHT + 2 * LONG]

export interface Walker {
  readonly hull: Part
  /** Hip and knee of the one leg, hip and knee of the other: the order of actions and observations. */
  readonly joints: readonly RevoluteJoint[]
  /** Upper and lower part of the one leg and of the other. */
  readonly legs: readonly Part[]
  readonly hullTouch: Touch
  /** Of the lower part of each leg. */
  readonly footTouches: readonly [Touch, Touch]
}

export function buildWalker(physics: Physics): Walker {
  const hull = part(physics, { position: START, outline: HULL_OUTLINE, density: HULL_DENSITY, friction: HULL_FRICTION })
  const one = leg(physics, hull, -1)
  const other = leg(physics, hull, 1)
  return {
    hull,
    joints: [...one.joints, ...other.joints],
    legs: [...one.parts, ...other.parts],
    hullTouch: watchTouch(physics, hull),
    footTouches: [watchTouch(physics, one.parts[1]), watchTouch(physics, other.parts[1])],
  }
}

/**
 * Sets the motors: the sign of an action is the direction, its size the share of the torque.
 * @param action [4], clipped to ±1
 */
export function drive({ joints }: Walker, action: ArrayLike<number>): void {
  joints.forEach((joint, i) => {
    joint.getBodyA().setAwake(true) // a motor that is set wakes what it drives
    joint.getBodyB().setAwake(true)
    joint.setMotorSpeed((i % 2 === 0 ? HIP_SPEED : KNEE_SPEED) * Math.sign(action[i]!))
    joint.setMaxMotorTorque(TORQUE * Math.min(Math.abs(action[i]!), 1))
  })
}

function leg(
  physics: Physics,
  hull: Part,
  side: -1 | 1,
): { readonly parts: readonly [upper: Part, lower: Part]; readonly joints: readonly [hip: RevoluteJoint, knee: RevoluteJoint] } {
  const [x, y] = START
  const angle = side * TILT
  const top = [0, LONG / 2] as const
  const upper = part(physics, { position: [x, y - LONG / 2 - HIP], angle, outline: UPPER_OUTLINE, density: LEG_DENSITY })
  const hip = hinge(physics, { from: hull, to: upper, fromAt: [0, HIP], toAt: top, limits: HIP_LIMITS, speed: side, torque: TORQUE })
  const lower = part(physics, { position: [x, y - (LONG * 3) / 2 - HIP], angle, outline: LOWER_OUTLINE, density: LEG_DENSITY })
  const bottom = [0, -LONG / 2] as const
  const knee = hinge(physics, { from: upper, to: lower, fromAt: bottom, toAt: top, limits: KNEE_LIMITS, speed: 1, torque: TORQUE })
  return { parts: [upper, lower], joints: [hip, knee] }
}
