/**
 * Acrobot-v1: two links hang from a bar; a motor in the joint between them must swing the tip above the bar.
 *
 * Observation [6] float32: cos and sin of the first angle (0 = hanging), cos and sin of the second (relative to the first), both angular
 * velocities (rad/s, within ±4π and ±9π). Action: torque −1, 0 or +1 N·m as 0, 1, 2.
 * Reward: −1 per step, 0 for the step that arrives. Start: all four uniform in ±0.1, or within the reset options `low` and `high`.
 * Terminated: the tip is more than one link above the bar. The 500-step time limit is the registry's, not ours.
 *
 * Source: Sutton 1996, "Generalization in Reinforcement Learning"; the equations are those of Sutton & Barto's book, as in Gymnasium 1.4,
 * or with `bookOrNips: 'nips'` those of the paper.
 * The system is chaotic: a last bit of sin or cos that differs between engines shows after some hundred steps.
 */
import type { FunctionalEnv } from '../core.js'
import { EnvOptionError } from '../errors.js'
import { boundsOptions, oneOf, withDefaults } from '../options.js'
import { box } from '../spaces/box.js'
import { discrete } from '../spaces/discrete.js'

export interface AcrobotOptions {
  /** Equations of Sutton & Barto's book or of the paper of 1996, which lacks one term. Default 'book'. */
  readonly bookOrNips?: 'book' | 'nips'
  /** Bound in N·m of a uniform noise on the torque; 0 draws nothing. Default 0. */
  readonly torqueNoiseMax?: number
}

const EQUATIONS = ['book', 'nips'] as const
const GRAVITY = 9.8 // m/s²
const LINK = 1.0 // m: length of either link; each has a mass of 1 kg and a moment of inertia of 1 kg·m²
const CENTRE = 0.5 // m: from a link's joint to its centre of mass
const STEP = 0.2 // s between states
const MAX_SPIN_1 = 4 * Math.PI // rad/s
const MAX_SPIN_2 = 9 * Math.PI // rad/s

/** Angular accelerations of the two links, the result of `accelerate`. */
const rates = new Float64Array(2)

export function acrobot(options: AcrobotOptions = {}): FunctionalEnv<Float32Array, number> {
  const settings = withDefaults<Required<AcrobotOptions>>('Acrobot', options, { bookOrNips: 'book', torqueNoiseMax: 0 })
  const { torqueNoiseMax: noise } = settings
  if (noise < 0) throw new EnvOptionError(`Acrobot: option torqueNoiseMax must be at least 0, got ${noise}`)
  const book = oneOf('Acrobot', 'bookOrNips', settings.bookOrNips, EQUATIONS) === 'book' ? 1 : 0
  const high = [1, 1, 1, 1, MAX_SPIN_1, MAX_SPIN_2]
  return {
    stateSize: 4,
    observationSpace: box({ low: high.map((bound) => -bound), high }),
    actionSpace: discrete(3),

    initial(random, state, at, choices) {
      const [from, to] = boundsOptions('Acrobot.reset', choices, -0.1, 0.1)
      for (let i = 0; i < 4; i++) state[at + i] = Math.fround(random.uniform(from, to)) // Gymnasium starts from a float32
    },

    /** One step of the classical Runge-Kutta method. */
    transition(state, at, action, actionAt, random) {
      const torque = noise > 0 ? action[actionAt]! - 1 + random.uniform(-noise, noise) : action[actionAt]! - 1
      const half = STEP / 2
      const a = state[at]!
      const b = state[at + 1]!
      const u = state[at + 2]!
      const v = state[at + 3]!

      accelerate(a, b, u, v, torque, book)
      const u1 = rates[0]!
      const v1 = rates[1]!
      const a2 = u + half * u1
      const b2 = v + half * v1
      accelerate(a + half * u, b + half * v, a2, b2, torque, book)
      const u2 = rates[0]!
      const v2 = rates[1]!
      const a3 = u + half * u2
      const b3 = v + half * v2
      accelerate(a + half * a2, b + half * b2, a3, b3, torque, book)
      const u3 = rates[0]!
      const v3 = rates[1]!
      const a4 = u + STEP * u3
      const b4 = v + STEP * v3
      accelerate(a + STEP * a3, b + STEP * b3, a4, b4, torque, book)

      state[at] = wrapped(a + (STEP / 6) * (u + 2 * a2 + 2 * a3 + a4))
      state[at + 1] = wrapped(b + (STEP / 6) * (v + 2 * b2 + 2 * b3 + b4))
      state[at + 2] = clip(u + (STEP / 6) * (u1 + 2 * u2 + 2 * u3 + rates[0]!), MAX_SPIN_1)
      state[at + 3] = clip(v + (STEP / 6) * (v1 + 2 * v2 + 2 * v3 + rates[1]!), MAX_SPIN_2)
      return terminal(state, at) ? 0 : -1
    },

    terminal,

    observe(state, at, out, outAt) {
      out[outAt] = Math.cos(state[at]!)
      out[outAt + 1] = Math.sin(state[at]!)
      out[outAt + 2] = Math.cos(state[at + 1]!)
      out[outAt + 3] = Math.sin(state[at + 1]!)
      out[outAt + 4] = state[at + 2]!
      out[outAt + 5] = state[at + 3]!
    },

    draw(state, at, canvas) {
      canvas.view({ left: -2.2, right: 2.2, bottom: -2.2, top: 2.2 })
      const first = state[at]!
      const both = first + state[at + 1]!
      const x = LINK * Math.sin(first)
      const y = -LINK * Math.cos(first)
      canvas.line(-2.2, LINK, 2.2, LINK, 'goal')
      canvas.line(0, 0, x, y, 'body')
      canvas.line(x, y, x + LINK * Math.sin(both), y - LINK * Math.cos(both), 'accent')
      canvas.circle(0, 0, 0.1, 'ground')
      canvas.circle(x, y, 0.1, 'body')
    },
  }
}

function terminal(state: Float64Array, at: number): boolean {
  return -Math.cos(state[at]!) - Math.cos(state[at + 1]! + state[at]!) > 1
}

/**
 * Writes the angular accelerations of both links to `rates`. Masses, lengths and moments are 1, so they do not show; keep the order of sums.
 * `book` is 1 for the equations of the book; 0 leaves out the term that the paper's lack.
 */
function accelerate(angle1: number, angle2: number, spin1: number, spin2: number, torque: number, book: number): void {
  const cos = Math.cos(angle2)
  const sin = Math.sin(angle2)
  const d1 = CENTRE ** 2 + (LINK ** 2 + CENTRE ** 2 + 2 * LINK * CENTRE * cos) + 1 + 1
  const d2 = CENTRE ** 2 + LINK * CENTRE * cos + 1
  const phi2 = CENTRE * GRAVITY * Math.cos(angle1 + angle2 - Math.PI / 2)
  const phi1 =
    -LINK * CENTRE * (spin2 * spin2) * sin -
    2 * LINK * CENTRE * spin2 * spin1 * sin +
    (CENTRE + LINK) * GRAVITY * Math.cos(angle1 - Math.PI / 2) +
    phi2
  const rate2 = (torque + (d2 / d1) * phi1 - book * LINK * CENTRE * (spin1 * spin1) * sin - phi2) / (CENTRE ** 2 + 1 - (d2 * d2) / d1)
  rates[0] = -(d2 * rate2 + phi1) / d1
  rates[1] = rate2
}

/** The angle within [−π, π]. */
function wrapped(angle: number): number {
  let inside = angle
  while (inside > Math.PI) inside -= 2 * Math.PI
  while (inside < -Math.PI) inside += 2 * Math.PI
  return inside
}

const clip = (x: number, bound: number) => Math.min(Math.max(x, -bound), bound)
