/**
 * Pendulum-v1: swing a pendulum up with a motor that is too weak to lift it in one go, and hold it there.
 *
 * Observation [3] float32: cos and sin of the angle (0 = upright), angular velocity (rad/s, within ±8).
 * Action [1] float32: torque in N·m, clipped to ±2.
 * Reward: −(angle² + 0.1·velocity² + 0.001·torque²), taken before the step; at best 0, at worst −16.3.
 * Start: angle uniform in ±π, velocity in ±1; the reset options `xInit` and `yInit` set other bounds.
 * Terminated: never. The 200-step time limit is the registry's, not ours.
 *
 * Source: equal to Gymnasium 1.4 bit for bit. Its torque is a float32, and so are the two products that hold only it and constants.
 */
import type { FunctionalEnv } from '../core.js'
import { EnvOptionError } from '../errors.js'
import { numberOption, withDefaults } from '../options.js'
import { box } from '../spaces/box.js'

export interface PendulumOptions {
  /** Acceleration of gravity in m/s². Default 10. */
  readonly g?: number
}

type Dynamics = FunctionalEnv<Float32Array, ArrayLike<number>>

const MASS = 1.0 // kg
const LENGTH = 1.0 // m
const MAX_SPEED = 8 // rad/s
const MAX_TORQUE = 2.0 // N·m
const STEP = 0.05 // s between states
const TORQUE_COST = Math.fround(0.001) // reward per (N·m)²

export function pendulum(options: PendulumOptions = {}): FunctionalEnv<Float32Array, ArrayLike<number>> {
  const { g } = withDefaults('Pendulum', options, { g: 10 })
  const pull = (3 * g) / (2 * LENGTH) // 1/s²: angular acceleration by gravity, times sin(angle)
  const gain = 3.0 / (MASS * LENGTH ** 2) // 1/(kg·m²): angular acceleration per torque

  const transition: Dynamics['transition'] = (state, at, action, actionAt) => {
    const angle = state[at]!
    const speed = state[at + 1]!
    const torque = clip(Math.fround(action[actionAt]!), MAX_TORQUE)
    const fromUpright = normalised(angle)
    const cost = fromUpright * fromUpright + 0.1 * (speed * speed) + Math.fround(TORQUE_COST * Math.fround(torque * torque))

    const faster = clip(speed + (pull * Math.sin(angle) + Math.fround(gain * torque)) * STEP, MAX_SPEED)
    state[at] = angle + faster * STEP
    state[at + 1] = faster
    return -cost
  }

  const terminal: Dynamics['terminal'] = () => false

  return {
    stateSize: 2,
    observationSpace: box({ low: [-1, -1, -MAX_SPEED], high: [1, 1, MAX_SPEED] }),
    actionSpace: box({ low: -MAX_TORQUE, high: MAX_TORQUE, shape: [1] }),

    initial(random, state, at, choices) {
      const angle = symmetric('xInit', choices, Math.PI)
      const speed = symmetric('yInit', choices, 1)
      state[at] = random.uniform(-angle, angle)
      state[at + 1] = random.uniform(-speed, speed)
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
          observe(state, i * 2, observations, i * 3)
        }
      },
    },

    draw(state, at, canvas) {
      canvas.view({ left: -1.3, right: 1.3, bottom: -1.3, top: 1.3 })
      const x = -LENGTH * Math.sin(state[at]!)
      const y = LENGTH * Math.cos(state[at]!)
      canvas.line(0, LENGTH + 0.1, 0, LENGTH + 0.25, 'goal')
      canvas.line(0, 0, x, y, 'accent')
      canvas.circle(x, y, 0.12, 'accent')
      canvas.circle(0, 0, 0.06, 'ground')
    },
  }
}

const clip = (x: number, bound: number) => Math.min(Math.max(x, -bound), bound)

/** The angle within [−π, π). */
function normalised(angle: number): number {
  const turn = 2 * Math.PI
  const rest = (angle + Math.PI) % turn
  return (rest < 0 ? rest + turn : rest) - Math.PI
}

/** The bound of a range that is symmetric around 0. */
function symmetric(name: string, choices: Readonly<Record<string, unknown>> | undefined, fallback: number): number {
  const bound = numberOption('Pendulum.reset', choices, name, fallback)
  if (bound < 0) throw new EnvOptionError(`Pendulum.reset: option ${name} must be at least 0, got ${bound}`)
  return bound
}

function observe(state: Float64Array, at: number, out: Float32Array, outAt: number): void {
  out[outAt] = Math.cos(state[at]!)
  out[outAt + 1] = Math.sin(state[at]!)
  out[outAt + 2] = state[at + 1]!
}
