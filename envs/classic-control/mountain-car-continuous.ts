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

const GOAL = 0.45 // position of the flag
const POWER = 0.0015 // velocity per step and force
const GRAVITY = 0.0025 // velocity per step, times the slope

const { fround } = Math

/** `x` as Gymnasium holds it: float32 once a step was taken. */
const held = (x: number, single: boolean) => (single ? fround(x) : x)

export function mountainCarContinuous(options: MountainCarOptions = {}): FunctionalEnv<Float32Array, ArrayLike<number>> {
  const { goalVelocity } = withDefaults('MountainCarContinuous', options, { goalVelocity: 0 })

  const terminal = (state: Float64Array, at: number) => {
    const single = state[at + 2] === 1
    return state[at]! >= held(GOAL, single) && state[at + 1]! >= held(goalVelocity, single)
  }

  return {
    stateSize: 3,
    observationSpace: box({ low: [MIN_POSITION, -MAX_SPEED], high: [MAX_POSITION, MAX_SPEED] }),
    actionSpace: box({ low: -1, high: 1, shape: [1] }),

    initial(random, state, at, choices) {
      const [from, to] = boundsOptions('MountainCarContinuous.reset', choices, -0.6, -0.4)
      state[at] = random.uniform(from, to)
      state[at + 1] = 0
      state[at + 2] = 0
    },

    transition(state, at, action, actionAt) {
      const single = state[at + 2] === 1
      const force = fround(action[actionAt]!)
      const clipped = Math.min(Math.max(force, -1), 1)
      const slope = GRAVITY * Math.cos(held(3 * state[at]!, single))
      const push = clipped === force ? fround(fround(force * fround(POWER)) - fround(slope)) : clipped * POWER - slope

      const fastest = held(MAX_SPEED, single)
      const wall = held(MIN_POSITION, single)
      let velocity = Math.min(Math.max(held(state[at + 1]! + held(push, single), single), -fastest), fastest)
      const position = Math.min(Math.max(held(state[at]! + velocity, single), wall), held(MAX_POSITION, single))
      if (position === wall && velocity < 0) velocity = 0 // the wall on the left stops the car

      state[at] = fround(position)
      state[at + 1] = fround(velocity)
      state[at + 2] = 1
      return (terminal(state, at) ? 100 : 0) - force * force * 0.1
    },

    terminal,

    observe(state, at, out, outAt) {
      out[outAt] = state[at]!
      out[outAt + 1] = state[at + 1]!
    },

    draw: (state, at, canvas) => drawMountain(canvas, state[at]!, GOAL),
  }
}
