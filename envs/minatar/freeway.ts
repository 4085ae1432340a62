/**
 * MinAtar/Freeway: cross eight lanes of traffic as often as time allows.
 *
 * Channels: 0 chicken, 1 car, 2 … 6 trail of a car that moves once in 1 … 5 frames, in the cell behind it. Actions that do something:
 * nothing, up, down. Reward: 1 for arriving at the top. Terminated: after 2500 frames.
 *
 * The paper's rules: the chicken begins at the bottom and moves up and down only, at most once in 3 frames; at the top it is sent back to the
 * bottom and the speeds of the cars are drawn anew; a car that hits it sends it back to the bottom, too; cars that reach a side come in again
 * on the other. Nothing becomes harder with time.
 * How we read them: a speed is how often a car moves together with where it is heading, so both are drawn anew. After a hit nothing else is.
 */
import type { FunctionalEnv } from '../core.js'
import type { Generator } from '../seeding/generator.js'
import { type Game, type MinAtarOptions, minAtar, OVER, OWN } from './game.js'
import { DOWN, mark, NOTHING, SIDE, UP, within } from './world.js'

const FRAMES = 2500 // in one game
const CHICKEN_PAUSE = 3 // frames from one move of the chicken to the next
const SLOWEST = 5 // frames from one move of the slowest cars to the next
// ours
const FIRST_LANE = 1 // row
const LANES = 8
const COLUMN = 4 // of the chicken

/** Fields of the state. */
const ROW = OWN // of the chicken
const PAUSE = OWN + 1 // frames until the chicken may move
const FRAME = OWN + 2
const PLACE = OWN + 3 // column of the car of each lane, and so on
const SPEED = PLACE + LANES // frames from one move to the next, 1 … 5
const HEADING = SPEED + LANES // 1 right, −1 left
const TO_MOVE = HEADING + LANES // frames until it moves

const CHANNELS = [
  { name: 'chicken', ink: 'accent', letter: 'C' },
  { name: 'car', ink: 'danger', letter: '#' },
  ...Array.from({ length: SLOWEST }, (_, i) => ({ name: `speed ${i + 1}`, ink: 'muted' as const, letter: `${i + 1}` })),
] as const

export function freeway(options: MinAtarOptions = {}): FunctionalEnv<Uint8Array, number> {
  return minAtar('Freeway', options, () => RULES)
}

const RULES: Game = {
  channels: CHANNELS,
  minimal: [NOTHING, UP, DOWN],
  stateSize: TO_MOVE + LANES,

  initial(random, state, at) {
    state[at + ROW] = SIDE - 1
    for (let lane = 0; lane < LANES; lane++) state[at + PLACE + lane] = random.integers(0, SIDE)
    drawSpeeds(random, state, at)
  },

  step(action, state, at, random) {
    let reward = 0
    if (state[at + PAUSE]! > 0) state[at + PAUSE]!--
    if (state[at + PAUSE] === 0 && (action === UP || action === DOWN)) {
      state[at + PAUSE] = CHICKEN_PAUSE
      state[at + ROW] = within(state[at + ROW]! + (action === DOWN ? 1 : -1), 0, SIDE - 1)
    }
    if (state[at + ROW] === 0) {
      reward = 1
      state[at + ROW] = SIDE - 1
      drawSpeeds(random, state, at)
    }
    collide(state, at)
    for (let lane = 0; lane < LANES; lane++) {
      if (--state[at + TO_MOVE + lane]! > 0) continue
      state[at + TO_MOVE + lane] = state[at + SPEED + lane]!
      state[at + PLACE + lane] = (state[at + PLACE + lane]! + state[at + HEADING + lane]! + SIDE) % SIDE
    }
    collide(state, at)
    if (++state[at + FRAME]! >= FRAMES) state[at + OVER] = 1
    return reward
  },

  paint(state, at, out, outAt) {
    const { length } = CHANNELS
    mark(out, outAt, length, state[at + ROW]!, COLUMN, 0)
    for (let lane = 0; lane < LANES; lane++) {
      const place = state[at + PLACE + lane]!
      const behind = (place - state[at + HEADING + lane]! + SIDE) % SIDE
      mark(out, outAt, length, FIRST_LANE + lane, place, 1)
      mark(out, outAt, length, FIRST_LANE + lane, behind, 1 + state[at + SPEED + lane]!)
    }
  },
}

function drawSpeeds(random: Generator, state: Float64Array, at: number): void {
  for (let lane = 0; lane < LANES; lane++) {
    const speed = random.integers(1, SLOWEST + 1)
    state[at + SPEED + lane] = speed
    state[at + TO_MOVE + lane] = speed
    state[at + HEADING + lane] = random.integers(0, 2) === 1 ? 1 : -1
  }
}

/** A chicken in the cell of a car is back at the bottom. */
function collide(state: Float64Array, at: number): void {
  const lane = state[at + ROW]! - FIRST_LANE
  if (lane >= 0 && lane < LANES && state[at + PLACE + lane] === COLUMN) state[at + ROW] = SIDE - 1
}
