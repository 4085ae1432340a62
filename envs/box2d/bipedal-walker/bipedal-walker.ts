/**
 * BipedalWalker-v3: walk to the far end on two legs of two parts, seeing the ground by lidar. The hardcore version has obstacles.
 *
 * Observation [24] float32: hull angle (rad), angular velocity, velocity in x and y; for each leg hip angle, hip speed, knee angle, knee
 * speed and 1 while its foot touches the ground; ten lidar shares. Speeds are in Gymnasium's units, within about ±1.
 * Action [4] within ±1: hip and knee of each leg; the sign is the direction, the size the share of the torque.
 * Reward: reward.ts; about 300 for all the way; −100 for a fall.
 * Start: standing at the left end, pushed by up to ±5 N for one frame; one frame without torque comes before the first observation.
 * Terminated: the hull touches the ground, x falls below 0, or the end is reached. The limits of 1600 and 2000 steps are the registry's.
 *
 * Source: Gymnasium 1.4; the same draws in the same order, so the same ground and push. Not bit-exact: see world.ts. We differ: every
 * episode has a world of its own, so that an episode does not depend on the ones before it; and the clouds are drawn at random, but not
 * on the canvas.
 */
import type { Env } from '../../core.js'
import { withDefaults } from '../../options.js'
import type { Generator } from '../../seeding/generator.js'
import { box } from '../../spaces/box.js'
import { type Planck, planckFor } from '../planck.js'
import { type Simulation, simulatedEnv } from '../simulated-env.js'
import { advance, FPS, HEIGHT, physics, WIDTH } from '../world.js'
import { drawWalker } from './drawing.js'
import { RAYS, scan } from './lidar.js'
import { effort, FALLEN, potential } from './reward.js'
import { buildTerrain, GRASS, LENGTH, STEP, walkerTerrain } from './terrain.js'
import { buildWalker, drive, HIP_SPEED, KNEE_SPEED, type Walker } from './walker.js'

export interface BipedalWalkerOptions {
  /** Stumps, stairs and pits. Default false. */
  readonly hardcore?: boolean
}

const INITIAL_PUSH = 5 // N, at most, in x
const FINISH = (LENGTH - GRASS) * STEP // m
const CLOUDS = LENGTH / 20
const DRAWS_PER_CLOUD = 11 // its place, and five corners in x and y
const LIDAR = 14 // where its shares are in the observation

/** An angle and a speed of hip and knee, and the foot. */
const LEG_HIGH = [Math.PI, 5, Math.PI, 5, 5]
const LEG_LOW = [-Math.PI, -5, -Math.PI, -5, 0]
const HIGH = [Math.PI, 5, 5, 5, ...LEG_HIGH, ...LEG_HIGH, ...new Array<number>(RAYS).fill(1)]
const LOW = [-Math.PI, -5, -5, -5, ...LEG_LOW, ...LEG_LOW, ...new Array<number>(RAYS).fill(-1)]

/** @throws EnvOptionError for an unknown option; EnvError when planck is not installed */
export function bipedalWalker(options: BipedalWalkerOptions = {}): Env<Float32Array, ArrayLike<number>> {
  const { hardcore } = withDefaults('BipedalWalker', options, { hardcore: false })
  const planck = planckFor('BipedalWalker')
  return simulatedEnv<ArrayLike<number>>({
    name: 'BipedalWalker',
    observationSpace: box({ low: LOW, high: HIGH }),
    actionSpace: box({ low: -1, high: 1, shape: [4] }),
    begin: (random) => walk(planck, hardcore, random),
  })
}

/** One episode. */
function walk(planck: Planck, hardcore: boolean, random: Generator): Simulation {
  const terrain = walkerTerrain(random, hardcore)
  for (let i = 0; i < CLOUDS * DRAWS_PER_CLOUD; i++) random.random()
  const physicsOf = physics(planck, -10)
  buildTerrain(physicsOf, terrain)
  const walker = buildWalker(physicsOf)
  const { hull, hullTouch } = walker
  hull.body.applyForceToCenter({ x: random.uniform(-INITIAL_PUSH, INITIAL_PUSH), y: 0 }, true)

  const state = new Float64Array(LIDAR + RAYS)
  const frame = (action: ArrayLike<number>) => {
    drive(walker, action)
    advance(physicsOf)
    measure(walker, state)
    scan(physicsOf, hull, state, LIDAR)
  }
  const x = () => hull.body.getPosition().x
  const fallen = () => hullTouch.ever || x() < 0

  frame([0, 0, 0, 0])
  let before = potential(x(), state[0]!)

  return {
    step: (action) => {
      frame(action)
      const now = potential(x(), state[0]!)
      const reward = now - before - effort(action)
      before = now
      return fallen() ? FALLEN : reward
    },
    terminal: () => fallen() || x() > FINISH,
    observe: (out) => out.set(state),
    draw: (canvas) => drawWalker(canvas, terrain, walker, state.subarray(LIDAR)),
  }
}

/** The observation without the lidar, before it is rounded to float32. */
function measure({ hull: { body }, joints, footTouches }: Walker, out: Float64Array): void {
  const velocity = body.getLinearVelocity()
  out[0] = body.getAngle()
  out[1] = (2 * body.getAngularVelocity()) / FPS
  out[2] = (0.3 * velocity.x * WIDTH) / FPS
  out[3] = (0.3 * velocity.y * HEIGHT) / FPS
  for (let leg = 0; leg < 2; leg++) {
    const [hip, knee] = [joints[2 * leg]!, joints[2 * leg + 1]!]
    const at = 4 + 5 * leg
    out[at] = hip.getJointAngle()
    out[at + 1] = hip.getJointSpeed() / HIP_SPEED
    out[at + 2] = knee.getJointAngle() + 1
    out[at + 3] = knee.getJointSpeed() / KNEE_SPEED
    out[at + 4] = footTouches[leg]!.now ? 1 : 0
  }
}
