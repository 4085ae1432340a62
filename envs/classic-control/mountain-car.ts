/**
 * MountainCar-v0: a car in a valley, too weak for the hill, must swing back and forth to reach the flag on the right.
 *
 * Observation [2] float32: position (−1.2 … 0.6), velocity per step (±0.07).
 * Action: 0 pushes left, 1 does nothing, 2 pushes right. Reward: −1 per step.
 * Start: position uniform in [−0.6, −0.4] or within the reset options `low` and `high`, at rest.
 * Terminated: position ≥ 0.5 and velocity ≥ `goalVelocity`. The 200-step time limit is the registry's, not ours.
 *
 * Source: Moore 1990, "Efficient Memory-based Learning for Robot Control"; equal to Gymnasium 1.4 bit for bit.
 */
import type { FunctionalEnv } from '../core.js'
import { boundsOptions, withDefaults } from '../options.js'
import { box } from '../spaces/box.js'
import { discrete } from '../spaces/discrete.js'
import { drawMountain, MAX_POSITION, MAX_SPEED, MIN_POSITION } from './mountain.js'

export interface MountainCarOptions {
  /** The velocity that the car must have at the flag. Default 0. */
  readonly goalVelocity?: number
}

type Dynamics = FunctionalEnv<Float32Array, number>

const GOAL = 0.5 // position of the flag
const PUSH = 0.001 // velocity per step
const GRAVITY = 0.0025 // velocity per step, times the slope
const START = { low: -0.6, high: -0.4 } // of the position

export function mountainCar(options: MountainCarOptions = {}): FunctionalEnv<Float32Array, number> {
  const { goalVelocity } = withDefaults('MountainCar', options, { goalVelocity: 0 })
  const transition: Dynamics['transition'] = (state, at, action, actionAt) => {
    const push = (action[actionAt]! - 1) * PUSH + Math.cos(3 * state[at]!) * -GRAVITY
    const velocity = Math.min(Math.max(state[at + 1]! + push, -MAX_SPEED), MAX_SPEED)
    const position = Math.min(Math.max(state[at]! + velocity, MIN_POSITION), MAX_POSITION)
    state[at] = position
    state[at + 1] = position === MIN_POSITION && velocity < 0 ? 0 : velocity // the wall on the left stops the car
    return -1
  }

  const terminal: Dynamics['terminal'] = (state, at) => state[at]! >= GOAL && state[at + 1]! >= goalVelocity

  return {
    stateSize: 2,
    observationSpace: box({ low: [MIN_POSITION, -MAX_SPEED], high: [MAX_POSITION, MAX_SPEED] }),
    actionSpace: discrete(3),

    initial(random, state, at, choices) {
      const { low, high } = boundsOptions('MountainCar.reset', choices, START)
      state[at] = random.uniform(low, high)
      state[at + 1] = 0
    },

    transition,
    terminal,
    observe,

    rows: {
      transition,
      terminal,
      observe,
      step({ state, actions, randoms, rewards, terminated, observations }, from, to) {
        for (let i = from; i < to; i++) {
          rewards[i] = transition(state, i * 2, actions, i, randoms[i]!)
          terminated[i] = terminal(state, i * 2) ? 1 : 0
          observe(state, i * 2, observations, i * 2)
        }
      },
    },

    draw: (state, at, canvas) => drawMountain(canvas, state[at]!, GOAL),
  }
}

function observe(state: Float64Array, at: number, out: Float32Array, outAt: number): void {
  out[outAt] = state[at]!
  out[outAt + 1] = state[at + 1]!
}
