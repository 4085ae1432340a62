/**
 * MountainCarContinuous-v0: the mountain car with a throttle; every push costs.
 *
 * Observation [2] float32: position (−1.2 … 0.6), velocity per step (±0.07).
 * Action [1] float32: force, clipped to ±1. Reward: 100 at the flag, less 0.1·action² with the action as given, not as clipped.
 * Start: position uniform in [−0.6, −0.4] or within the reset options `low` and `high`, at rest.
 * Terminated: position ≥ 0.45 and velocity ≥ `goalVelocity`. The 999-step time limit is the registry's, not ours.
 *
 * Source: equal to Gymnasium 1.4 bit for bit. There the state is float64 after a reset and float32 after every step, and a force that was
 * not clipped is a float32 too; so the state holds a third number that says which, and sums are rounded where NumPy rounds them.
 */
import type { FunctionalEnv } from '../core.js'
import { boundsOptions, withDefaults } from '../options.js'
import { box } from '../spaces/box.js'
import { drawMountain, MAX_POSITION, MAX_SPEED, MIN_POSITION } from './mountain.js'
import type { MountainCarOptions } from './mountain-car.js'

type Dynamics = FunctionalEnv<Float32Array, ArrayLike<number>>

const GOAL = 0.45 // position of the flag
const POWER = 0.0015 // velocity per step and force
const GRAVITY = 0.0025 // velocity per step, times the slope

const { fround } = Math
const START = { low: -0.6, high: -0.4 } // of the position

/** The constants as a float32 state meets them. */
const GOAL_32 = fround(GOAL)
const POWER_32 = fround(POWER)
const MIN_POSITION_32 = fround(MIN_POSITION)
const MAX_POSITION_32 = fround(MAX_POSITION)
const MAX_SPEED_32 = fround(MAX_SPEED)

export function mountainCarContinuous(options: MountainCarOptions = {}): FunctionalEnv<Float32Array, ArrayLike<number>> {
  const { goalVelocity } = withDefaults('MountainCarContinuous', options, { goalVelocity: 0 })

  const speed32 = fround(goalVelocity)
  const terminal = (state: Float64Array, at: number) =>
    state[at + 2] === 1 ? state[at]! >= GOAL_32 && state[at + 1]! >= speed32 : state[at]! >= GOAL && state[at + 1]! >= goalVelocity

  const transition: Dynamics['transition'] = (state, at, action, actionAt) => {
    const force = fround(action[actionAt]!)
    move(state, at, force)
    return (terminal(state, at) ? 100 : 0) - force * force * 0.1
  }

  return {
    stateSize: 3,
    observationSpace: box({ low: [MIN_POSITION, -MAX_SPEED], high: [MAX_POSITION, MAX_SPEED] }),
    actionSpace: box({ low: -1, high: 1, shape: [1] }),

    initial(random, state, at, choices) {
      const { low, high } = boundsOptions('MountainCarContinuous.reset', choices, START)
      state[at] = random.uniform(low, high)
      state[at + 1] = 0
      state[at + 2] = 0
    },

    transition,
    terminal,
    observe,

    rows: {
      transition,
      terminal,
      observe,
      step({ state, actions, rewards, terminated, observations }, from, to) {
        for (let i = from; i < to; i++) {
          const force = fround(actions[i]!)
          move(state, i * 3, force)
          const ended = terminal(state, i * 3)
          rewards[i] = (ended ? 100 : 0) - force * force * 0.1
          terminated[i] = ended ? 1 : 0
          observe(state, i * 3, observations, i * 2)
        }
      },
    },

    draw: (state, at, canvas) => drawMountain(canvas, state[at]!, GOAL),
  }
}

/** @param force float32, not clipped */
function move(state: Float64Array, at: number, force: number): void {
  const single = state[at + 2] === 1
  const clipped = Math.min(Math.max(force, -1), 1)
  const angle = 3 * state[at]!
  const slope = GRAVITY * Math.cos(single ? fround(angle) : angle)
  const push = clipped === force ? fround(fround(force * POWER_32) - fround(slope)) : clipped * POWER - slope

  let velocity: number
  let position: number
  let wall: number
  if (single) {
    wall = MIN_POSITION_32
    velocity = Math.min(Math.max(fround(state[at + 1]! + fround(push)), -MAX_SPEED_32), MAX_SPEED_32)
    position = Math.min(Math.max(fround(state[at]! + velocity), wall), MAX_POSITION_32)
  } else {
    wall = MIN_POSITION
    velocity = Math.min(Math.max(state[at + 1]! + push, -MAX_SPEED), MAX_SPEED)
    position = Math.min(Math.max(state[at]! + velocity, wall), MAX_POSITION)
  }
  state[at] = fround(position)
  state[at + 1] = position === wall && velocity < 0 ? 0 : fround(velocity) // the wall on the left stops the car
  state[at + 2] = 1
}

function observe(state: Float64Array, at: number, out: Float32Array, outAt: number): void {
  out[outAt] = state[at]!
  out[outAt + 1] = state[at + 1]!
}
