/**
 * MinAtar/Asterix: gather gold and keep away from enemies; both cross the field in lanes.
 *
 * Channels: 0 player, 1 enemy, 2 trail (the cell behind whatever moves), 3 gold. Actions that do something: nothing, left, up, right, down.
 * Reward: 1 for each piece of gold. Terminated: the player meets an enemy.
 *
 * The paper's rules: the player moves freely in four directions; enemies and gold enter from the sides; a trail shows where they are heading;
 * from time to time they become faster and more frequent.
 * How we read them: the lanes are rows 1 to 8, which the player cannot leave either; a lane holds one thing at a time. A frame is: the player
 * moves, things move, something enters; whoever meets in between has met, and the frame goes on to its end.
 */
import type { FunctionalEnv } from '../core.js'
import { type Game, type MinAtarOptions, minAtar, OVER, OWN } from './game.js'
import { DOWN, LEFT, mark, NOTHING, RIGHT, SIDE, UP, within } from './world.js'

// ours
const FIRST_LANE = 1 // row
const LANES = 8
const START_ROW = 5 // of the player
const START_COLUMN = 5
const GOLD_SHARE = 0.3 // of the things that enter
const RAMP_FRAMES = 120 // between two levels
/** Frames from one move of all things to the next: 4, one less every third level, at least 1. */
const moveFrames = (level: number) => Math.max(4 - Math.ceil(level / 3), 1)
/** Frames from one entry to the next: 9, one less every level, at least 3. */
const entryFrames = (level: number) => Math.max(9 - level, 3)

/** Kinds of things. */
const NONE = 0
const ENEMY = 1
const GOLD = 2

/** Fields of the state. */
const ROW = OWN // of the player
const COLUMN = OWN + 1
const TO_MOVE = OWN + 2 // frames until things move
const TO_ENTRY = OWN + 3 // frames until something enters
const TO_RAMP = OWN + 4 // frames until the next level
const LEVEL = OWN + 5
const KIND = OWN + 6 // one for each lane, and so on
const PLACE = KIND + LANES // column
const HEADING = PLACE + LANES // 1 right, −1 left

const CHANNELS = [
  { name: 'player', ink: 'accent', letter: 'P' },
  { name: 'enemy', ink: 'danger', letter: 'x' },
  { name: 'trail', ink: 'muted', letter: ':' },
  { name: 'gold', ink: 'goal', letter: '$' },
] as const

export function asterix(options: MinAtarOptions = {}): FunctionalEnv<Uint8Array, number> {
  return minAtar('Asterix', options, rules)
}

const rules = (ramping: boolean): Game => ({
  channels: CHANNELS,
  minimal: [NOTHING, LEFT, UP, RIGHT, DOWN],
  stateSize: HEADING + LANES,

  initial(_, state, at) {
    state[at + ROW] = START_ROW
    state[at + COLUMN] = START_COLUMN
    state[at + TO_MOVE] = moveFrames(0)
    state[at + TO_ENTRY] = entryFrames(0)
    state[at + TO_RAMP] = RAMP_FRAMES
  },

  step(action, state, at, random) {
    if (action === LEFT || action === RIGHT) state[at + COLUMN] = within(state[at + COLUMN]! + (action === RIGHT ? 1 : -1), 0, SIDE - 1)
    if (action === UP || action === DOWN) {
      state[at + ROW] = within(state[at + ROW]! + (action === DOWN ? 1 : -1), FIRST_LANE, FIRST_LANE + LANES - 1)
    }
    let reward = met(state, at)

    if (--state[at + TO_MOVE]! <= 0) {
      state[at + TO_MOVE] = moveFrames(state[at + LEVEL]!)
      for (let lane = 0; lane < LANES; lane++) {
        if (state[at + KIND + lane] === NONE) continue
        const place = state[at + PLACE + lane]! + state[at + HEADING + lane]!
        state[at + PLACE + lane] = place
        if (place < 0 || place >= SIDE) state[at + KIND + lane] = NONE
      }
      reward += met(state, at)
    }
    if (--state[at + TO_ENTRY]! <= 0) {
      state[at + TO_ENTRY] = entryFrames(state[at + LEVEL]!)
      enter(state, at, random.integers(0, LANES), random.integers(0, 2) === 1, random.random() < GOLD_SHARE)
      reward += met(state, at)
    }
    if (ramping && --state[at + TO_RAMP]! <= 0) {
      state[at + TO_RAMP] = RAMP_FRAMES
      state[at + LEVEL]!++
    }
    return reward
  },

  paint(state, at, out, outAt) {
    const { length } = CHANNELS
    mark(out, outAt, length, state[at + ROW]!, state[at + COLUMN]!, 0)
    for (let lane = 0; lane < LANES; lane++) {
      const kind = state[at + KIND + lane]!
      if (kind === NONE) continue
      const place = state[at + PLACE + lane]!
      mark(out, outAt, length, FIRST_LANE + lane, place, kind === GOLD ? 3 : 1)
      mark(out, outAt, length, FIRST_LANE + lane, place - state[at + HEADING + lane]!, 2)
    }
  },
})

/** Something enters the first free lane from `lane` on; nothing does when all are taken. */
function enter(state: Float64Array, at: number, lane: number, fromLeft: boolean, isGold: boolean): void {
  for (let i = 0; i < LANES; i++) {
    const free = (lane + i) % LANES
    if (state[at + KIND + free] !== NONE) continue
    state[at + KIND + free] = isGold ? GOLD : ENEMY
    state[at + PLACE + free] = fromLeft ? 0 : SIDE - 1
    state[at + HEADING + free] = fromLeft ? 1 : -1
    return
  }
}

/** What happens where the player is: gold is taken, which is worth 1; an enemy ends the game. */
function met(state: Float64Array, at: number): number {
  const lane = state[at + ROW]! - FIRST_LANE
  if (state[at + KIND + lane] === NONE || state[at + PLACE + lane] !== state[at + COLUMN]) return 0
  if (state[at + KIND + lane] === ENEMY) {
    state[at + OVER] = 1
    return 0
  }
  state[at + KIND + lane] = NONE
  return 1
}
