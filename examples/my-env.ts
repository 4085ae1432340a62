/**
 * An environment of one's own, from start to finish:
 *
 *     npm run check-env -- --env ./examples/my-env.ts
 *     npm run train -- --env ./examples/my-env.ts
 *     npm run train -- --env ./examples/my-env.ts --set envOptions.current=1.5
 *
 * A boat drifts on a river one metre wide. Each step it may steer left, hold, or steer right; the current pushes it at random.
 * Observation [2] float32: position (m, −0.5 … 0.5, beyond them when it touches a bank), velocity (m/s, −2 … 2). Reward: 1 per step off the banks, so 100 at best.
 * Terminated: the boat touches a bank. Truncated: after 100 steps.
 *
 * It is written as functions on a slice of a state array, so that training steps many at once. `state[at]` is the position of this
 * boat, `state[at + 1]` its velocity; everything random comes from the generator that is handed in.
 */
import { box, discrete, EnvOptionError, type FunctionalEnv, type Registration } from 'tau-rl/envs'

const STEP = 0.1 // s
const RUDDER = 0.6 // m/s²
const HALF_WIDTH = 0.5 // m
const MAX_SPEED = 2 // m/s
const MAX_STEP = STEP * MAX_SPEED // m: how far past a bank the last observation may lie

interface RiverOptions {
  /** Standard deviation of the current's push, m/s². Default 0.5. */
  readonly current?: number
}

const river = ({ current = 0.5 }: RiverOptions = {}): FunctionalEnv => {
  if (!(current >= 0)) throw new EnvOptionError(`River: current must be a number of at least 0, got ${current}`)
  return riverWith(current)
}

const riverWith = (current: number): FunctionalEnv => ({
  stateSize: 2,
  observationSpace: box({ low: [-HALF_WIDTH - MAX_STEP, -MAX_SPEED], high: [HALF_WIDTH + MAX_STEP, MAX_SPEED] }),
  actionSpace: discrete(3),

  initial(random, state, at) {
    state[at] = random.uniform(-0.1, 0.1)
    state[at + 1] = 0
  },

  transition(state, at, action, actionAt, random) {
    const push = RUDDER * (action[actionAt]! - 1) + random.normal(0, current)
    state[at + 1] = Math.min(Math.max(0.95 * state[at + 1]! + STEP * push, -MAX_SPEED), MAX_SPEED)
    state[at] = state[at]! + STEP * state[at + 1]!
    return Math.abs(state[at]!) < HALF_WIDTH ? 1 : 0
  },

  terminal: (state, at) => Math.abs(state[at]!) >= HALF_WIDTH,

  observe(state, at, out, outAt) {
    out[outAt] = state[at]!
    out[outAt + 1] = state[at + 1]!
  },

  draw(state, at, canvas) {
    canvas.view({ left: -0.7, right: 0.7, bottom: 0, top: 0.6 })
    canvas.line(-HALF_WIDTH, 0, -HALF_WIDTH, 0.6, 'ground')
    canvas.line(HALF_WIDTH, 0, HALF_WIDTH, 0.6, 'ground')
    const x = state[at]!
    canvas.polygon(
      [
        [x - 0.05, 0.2],
        [x + 0.05, 0.2],
        [x, 0.35],
      ],
      'accent',
    )
  },
})

export default { id: 'River-v0', maxEpisodeSteps: 100, rewardThreshold: 95, functions: river } satisfies Registration
