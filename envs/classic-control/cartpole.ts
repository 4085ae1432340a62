/**
 * CartPole-v1: keep a pole upright by pushing its cart left or right.
 *
 * Observation [4] float32: cart position (m), cart velocity (m/s), pole angle (rad), pole angular velocity (rad/s).
 * Action: 0 pushes left, 1 right. Reward: 1 per step, the last included; with `suttonBartoReward` 0, and −1 at the end.
 * Start: all four uniform in ±0.05, or within the reset options `low` and `high`.
 * Terminated: |position| > 2.4 m or |angle| > 12°. The 500-step time limit is the registry's, not ours.
 *
 * Source: Barto, Sutton & Anderson 1983; equal to Gymnasium 1.4 bit for bit, so keep the order of every sum.
 */
import type { FunctionalEnv, StateRows } from '../core.js'
import { boundsOptions, oneOf, withDefaults } from '../options.js'
import { box } from '../spaces/box.js'
import { discrete } from '../spaces/discrete.js'

export interface CartPoleOptions {
  /** The reward of Sutton & Barto's book: 0 while the pole stands, −1 when it falls. Default false. */
  readonly suttonBartoReward?: boolean
  /** 'euler': positions move with the old velocities. 'semi-implicit': with the new ones. Default 'euler'. */
  readonly kinematicsIntegrator?: 'euler' | 'semi-implicit'
}

type Dynamics = FunctionalEnv<Float32Array, number>
type Told = Pick<StateRows, 'rewards' | 'terminated' | 'observations'>

const INTEGRATORS = ['euler', 'semi-implicit'] as const
const GRAVITY = 9.8 // m/s²
const CART_MASS = 1.0 // kg
const POLE_MASS = 0.1 // kg
const TOTAL_MASS = POLE_MASS + CART_MASS // kg
const HALF_POLE = 0.5 // m: half the pole's length
const POLE_MOMENT = POLE_MASS * HALF_POLE // kg·m
const PUSH = 10.0 // N
const STEP = 0.02 // s between states
const MAX_POSITION = 2.4 // m
const MAX_ANGLE = (12 * 2 * Math.PI) / 360 // rad
const START = { low: -0.05, high: 0.05 } // of all four numbers

export function cartpole(options: CartPoleOptions = {}): FunctionalEnv<Float32Array, number> {
  const settings = withDefaults<Required<CartPoleOptions>>('CartPole', options, {
    suttonBartoReward: false,
    kinematicsIntegrator: 'euler',
  })
  const semiImplicit = oneOf('CartPole', 'kinematicsIntegrator', settings.kinematicsIntegrator, INTEGRATORS) === 'semi-implicit'
  const high = [2 * MAX_POSITION, Infinity, 2 * MAX_ANGLE, Infinity] // twice the limits, so that a last observation is inside
  const [standing, falling, fallen] = settings.suttonBartoReward ? [0, -1, -1] : [1, 1, 0]

  // The dynamics stand in the loop over rows, and one step is the loop over one row. What is written comes from the numbers at hand, because
  // once a program has detached an ArrayBuffer, as memory of WebAssembly that grows does, V8 checks every look into an array.
  // Row i of `told` is about the state at first + 4 i.
  const run = (
    state: Float64Array,
    first: number,
    actions: ArrayLike<number>,
    firstAction: number,
    { rewards, terminated, observations }: Told,
    from: number,
    to: number,
  ): void => {
    for (let i = from; i < to; i++) {
      const at = first + i * 4
      const x = state[at]!
      const velocity = state[at + 1]!
      const angle = state[at + 2]!
      const spin = state[at + 3]!
      const force = PUSH * (2 * actions[firstAction + i]! - 1)
      const cos = Math.cos(angle)
      const sin = Math.sin(angle)

      // Florian 2007, "Correct equations for the dynamics of the cart-pole system", without friction
      const pushed = (force + POLE_MOMENT * (spin * spin) * sin) / TOTAL_MASS
      const spinRate = (GRAVITY * sin - cos * pushed) / (HALF_POLE * (4.0 / 3.0 - (POLE_MASS * (cos * cos)) / TOTAL_MASS))
      const acceleration = pushed - (POLE_MOMENT * spinRate * cos) / TOTAL_MASS

      const nextVelocity = velocity + STEP * acceleration
      const nextSpin = spin + STEP * spinRate
      const nextX = x + STEP * (semiImplicit ? nextVelocity : velocity)
      const nextAngle = angle + STEP * (semiImplicit ? nextSpin : spin)

      state[at] = nextX
      state[at + 1] = nextVelocity
      state[at + 2] = nextAngle
      state[at + 3] = nextSpin
      const ended = over(nextX, nextAngle)
      rewards[i] = !ended ? standing : over(x, angle) ? fallen : falling
      terminated[i] = ended ? 1 : 0
      observations[i * 4] = nextX
      observations[i * 4 + 1] = nextVelocity
      observations[i * 4 + 2] = nextAngle
      observations[i * 4 + 3] = nextSpin
    }
  }

  const one = oneRow() // holds nothing between calls
  const transition: Dynamics['transition'] = (state, at, action, actionAt) => {
    run(state, at, action, actionAt, one, 0, 1)
    return one.rewards[0]!
  }

  return {
    stateSize: 4,
    observationSpace: box({ low: high.map((bound) => -bound), high }),
    actionSpace: discrete(2),

    initial(random, state, at, choices) {
      const { low, high } = boundsOptions('CartPole.reset', choices, START)
      for (let i = 0; i < 4; i++) state[at + i] = random.uniform(low, high)
    },

    transition,
    terminal,
    observe,

    rows: {
      transition,
      terminal,
      observe,
      step: (rows, from, to) => run(rows.state, 0, rows.actions, 0, rows, from, to),
    },

    draw(state, at, canvas) {
      canvas.view({ left: -MAX_POSITION, right: MAX_POSITION, bottom: -0.4, top: 1.4 })
      const x = state[at]!
      const angle = state[at + 2]!
      canvas.line(-MAX_POSITION, 0, MAX_POSITION, 0, 'ground')
      canvas.rectangle(x - 0.25, -0.15, 0.5, 0.3, 'body')
      canvas.line(x, 0, x + 2 * HALF_POLE * Math.sin(angle), 2 * HALF_POLE * Math.cos(angle), 'accent')
    },
  }
}

const over = (x: number, angle: number) => Math.abs(x) > MAX_POSITION || Math.abs(angle) > MAX_ANGLE

const terminal = (state: Float64Array, at: number) => over(state[at]!, state[at + 2]!)

function observe(state: Float64Array, at: number, out: Float32Array, outAt: number): void {
  out[outAt] = state[at]!
  out[outAt + 1] = state[at + 1]!
  out[outAt + 2] = state[at + 2]!
  out[outAt + 3] = state[at + 3]!
}

const oneRow = (): Told => ({ rewards: new Float64Array(1), terminated: new Uint8Array(1), observations: new Float32Array(4) })
