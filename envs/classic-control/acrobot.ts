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
import type { Generator } from '../seeding/generator.js'
import { box } from '../spaces/box.js'
import { discrete } from '../spaces/discrete.js'

export interface AcrobotOptions {
  /** Equations of Sutton & Barto's book or of the paper of 1996, which lacks one term. Default 'book'. */
  readonly bookOrNips?: 'book' | 'nips'
  /** Bound in N·m of a uniform noise on the torque; 0 draws nothing. Default 0. */
  readonly torqueNoiseMax?: number
}

type Dynamics = FunctionalEnv<Float32Array, number>

const EQUATIONS = ['book', 'nips'] as const
const GRAVITY = 9.8 // m/s²
const LINK = 1.0 // m: length of either link; each has a mass of 1 kg and a moment of inertia of 1 kg·m²
const CENTRE = 0.5 // m: from a link's joint to its centre of mass
const STEP = 0.2 // s between states
const MAX_SPIN_1 = 4 * Math.PI // rad/s
const MAX_SPIN_2 = 9 * Math.PI // rad/s
const START = { low: -0.1, high: 0.1 } // of all four numbers

export function acrobot(options: AcrobotOptions = {}): FunctionalEnv<Float32Array, number> {
  const settings = withDefaults<Required<AcrobotOptions>>('Acrobot', options, { bookOrNips: 'book', torqueNoiseMax: 0 })
  const { torqueNoiseMax: noise } = settings
  if (noise < 0) throw new EnvOptionError(`Acrobot: option torqueNoiseMax must be at least 0, got ${noise}`)
  const book = oneOf('Acrobot', 'bookOrNips', settings.bookOrNips, EQUATIONS) === 'book' ? 1 : 0
  const high = [1, 1, 1, 1, MAX_SPIN_1, MAX_SPIN_2]

  const transition: Dynamics['transition'] = (state, at, action, actionAt, random) => {
    move(state, at, action, actionAt, random, noise, book)
    return terminal(state, at) ? 0 : -1
  }

  return {
    stateSize: 4,
    observationSpace: box({ low: high.map((bound) => -bound), high }),
    actionSpace: discrete(3),

    initial(random, state, at, choices) {
      const { low, high } = boundsOptions('Acrobot.reset', choices, START)
      for (let i = 0; i < 4; i++) state[at + i] = Math.fround(random.uniform(low, high)) // Gymnasium starts from a float32
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
          const at = i * 4
          move(state, at, actions, i, randoms[i]!, noise, book)
          const ended = terminal(state, at)
          rewards[i] = ended ? 0 : -1
          terminated[i] = ended ? 1 : 0
          observe(state, at, observations, i * 6)
        }
      },
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
 * One step of the classical Runge-Kutta method. The four slopes are one loop, so that the equations stand there once; keep the order of sums.
 * Masses, lengths of 1 and moments of 1 do not show. `book` is 1 for the equations of the book; 0 leaves out the term that the paper's lack.
 */
function move(
  state: Float64Array,
  at: number,
  action: ArrayLike<number>,
  actionAt: number,
  random: Generator,
  noise: number,
  book: number,
): void {
  const torque = noise > 0 ? action[actionAt]! - 1 + random.uniform(-noise, noise) : action[actionAt]! - 1
  const a = state[at]!
  const b = state[at + 1]!
  const u = state[at + 2]!
  const v = state[at + 3]!
  let angle1 = a // where this slope is taken
  let angle2 = b
  let spin1 = u
  let spin2 = v
  let sumA = 0 // of the slopes so far, weighted 1, 2, 2, 1
  let sumB = 0
  let sumU = 0
  let sumV = 0
  for (let slope = 0; slope < 4; slope++) {
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
    const rate1 = -(d2 * rate2 + phi1) / d1

    const weight = slope === 0 || slope === 3 ? 1 : 2
    sumA += weight * spin1
    sumB += weight * spin2
    sumU += weight * rate1
    sumV += weight * rate2
    const ahead = slope < 2 ? STEP / 2 : STEP
    angle1 = a + ahead * spin1
    angle2 = b + ahead * spin2
    spin1 = u + ahead * rate1
    spin2 = v + ahead * rate2
  }
  state[at] = wrapped(a + (STEP / 6) * sumA)
  state[at + 1] = wrapped(b + (STEP / 6) * sumB)
  state[at + 2] = clip(u + (STEP / 6) * sumU, MAX_SPIN_1)
  state[at + 3] = clip(v + (STEP / 6) * sumV, MAX_SPIN_2)
}

/** The angle within [−π, π]. */
function wrapped(angle: number): number {
  let inside = angle
  while (inside > Math.PI) inside -= 2 * Math.PI
  while (inside < -Math.PI) inside += 2 * Math.PI
  return inside
}

const clip = (x: number, bound: number) => Math.min(Math.max(x, -bound), bound)

function observe(state: Float64Array, at: number, out: Float32Array, outAt: number): void {
  out[outAt] = Math.cos(state[at]!)
  out[outAt + 1] = Math.sin(state[at]!)
  out[outAt + 2] = Math.cos(state[at + 1]!)
  out[outAt + 3] = Math.sin(state[at + 1]!)
  out[outAt + 4] = state[at + 2]!
  out[outAt + 5] = state[at + 3]!
}
