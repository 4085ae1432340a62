/**
 * MinAtar/Seaquest: rescue divers with a submarine, shoot what attacks, and come up for air.
 *
 * Channels: 0 front and 1 back of the submarine, 2 its bullets, 3 trail (the cell behind enemies and divers), 4 the enemies' bullets, 5 fish,
 * 6 enemy submarines, 7 oxygen gauge, 8 gauge of divers on board, 9 divers. All six actions do something.
 * Reward: 1 for each enemy that is shot; for surfacing with six divers 1 for each cell of the oxygen gauge.
 * Terminated: hit by a fish, a submarine or a bullet; out of oxygen; surfacing without a diver.
 *
 * The paper's rules: enemies are fish and submarines, which shoot; up to six divers can be picked up; oxygen runs out with time and is filled up
 * by coming to the surface with a diver, which costs one, or all six when there are six; every surfacing makes enemies faster and more frequent.
 * How we read them: the surface is row 0, enemies and divers swim in rows 1 to 8, the gauges are in row 9. What meets the front of the submarine
 * meets the submarine; the back only shows where it is heading. A lane carries enemies of one heading at a time. Coming to the surface fills the
 * tank, staying there does not, and the start, which is there, is no surfacing.
 */
import type { FunctionalEnv } from '../core.js'
import type { Generator } from '../seeding/generator.js'
import { has, paintBits, paintRow, put, shift, shifted, strike } from './bits.js'
import { type Game, type MinAtarOptions, minAtar, OVER, OWN } from './game.js'
import { DOWN, FIRE, LEFT, mark, NOTHING, RIGHT, SIDE, UP, within } from './world.js'

const MOST_DIVERS = 6
// ours
const FIRST_LANE = 1 // row
const LANES = 8
const START_COLUMN = 5 // at the surface, heading right
const OXYGEN_FRAMES = 200 // a full tank
const BULLET_PAUSE = 4 // frames from one shot to the next
const ENEMY_PAUSE = 9 // frames from one shot of the enemy submarines, all at once, to the next
const SUBMARINE_SHARE = 0.3 // of the enemies
const DIVER_ENTRY_FRAMES = 24 // from one diver to the next
const DIVER_MOVE_FRAMES = 6 // from one move of the divers to the next
/** Frames from one move of the enemies to the next: 4, one less every second surfacing, at least 1. */
const moveFrames = (level: number) => Math.max(4 - Math.floor(level / 2), 1)
/** Frames from one enemy to the next: 16, one less every surfacing, at least 5. */
const entryFrames = (level: number) => Math.max(16 - level, 5)

/** Fields of the state; exported for tests. */
export const ROW = OWN // of the submarine
export const COLUMN = OWN + 1 // of its front
export const HEADING = OWN + 2 // 1 right, −1 left
export const OXYGEN = OWN + 3 // frames left
export const ABOARD = OWN + 4 // divers
const PAUSE = OWN + 5 // frames until it may shoot
export const LEVEL = OWN + 6 // times it surfaced
const TO_MOVE = OWN + 7 // frames until the enemies move, and so on
const TO_ENTRY = OWN + 8
const TO_SHOT = OWN + 9
const TO_DIVER = OWN + 10
const TO_DIVER_MOVE = OWN + 11
/** Ten rows of bits for each kind, first those that head left, then those that head right. */
const OURS = OWN + 12 // the submarine's bullets
export const THEIRS = OURS + 2 * SIDE // the enemies' bullets
export const FISH = THEIRS + 2 * SIDE
export const SUBMARINES = FISH + 2 * SIDE
export const DIVERS = SUBMARINES + 2 * SIDE

const CHANNELS = [
  { name: 'submarine front', ink: 'accent', letter: 'S' },
  { name: 'submarine back', ink: 'accent', letter: 's' },
  { name: 'friendly bullet', ink: 'goal', letter: '-' },
  { name: 'trail', ink: 'muted', letter: ':' },
  { name: 'enemy bullet', ink: 'body', letter: '*' },
  { name: 'fish', ink: 'danger', letter: 'f' },
  { name: 'enemy submarine', ink: 'danger', letter: 'x' },
  { name: 'oxygen gauge', ink: 'goal', letter: 'O', part: 'lower' },
  { name: 'diver gauge', ink: 'ground', letter: 'D', part: 'upper' },
  { name: 'diver', ink: 'ground', letter: 'd' },
] as const

export function seaquest(options: MinAtarOptions = {}): FunctionalEnv<Uint8Array, number> {
  return minAtar('Seaquest', options, rules)
}

const rules = (ramping: boolean): Game => ({
  channels: CHANNELS,
  minimal: [NOTHING, LEFT, UP, RIGHT, DOWN, FIRE],
  stateSize: DIVERS + 2 * SIDE,

  initial(_, state, at) {
    state[at + COLUMN] = START_COLUMN
    state[at + HEADING] = 1
    state[at + OXYGEN] = OXYGEN_FRAMES
    state[at + TO_MOVE] = moveFrames(0)
    state[at + TO_ENTRY] = entryFrames(0)
    state[at + TO_SHOT] = ENEMY_PAUSE
    state[at + TO_DIVER] = DIVER_ENTRY_FRAMES
    state[at + TO_DIVER_MOVE] = DIVER_MOVE_FRAMES
  },

  step(action, state, at, random) {
    const level = state[at + LEVEL]!
    const before = state[at + ROW]!
    steer(action, state, at)
    checkHit(state, at)
    fly(state, at + OURS)
    let reward = shootDown(state, at)
    fly(state, at + THEIRS)
    checkHit(state, at)

    if (--state[at + TO_MOVE]! <= 0) {
      state[at + TO_MOVE] = moveFrames(level)
      fly(state, at + FISH)
      fly(state, at + SUBMARINES)
      reward += shootDown(state, at)
    }
    if (--state[at + TO_SHOT]! <= 0) {
      state[at + TO_SHOT] = ENEMY_PAUSE
      for (let i = 0; i < 2 * SIDE; i++) state[at + THEIRS + i] = state[at + THEIRS + i]! | state[at + SUBMARINES + i]!
    }
    if (--state[at + TO_ENTRY]! <= 0) {
      state[at + TO_ENTRY] = entryFrames(level)
      enterEnemy(state, at, random)
    }
    checkHit(state, at)

    if (--state[at + TO_DIVER_MOVE]! <= 0) {
      state[at + TO_DIVER_MOVE] = DIVER_MOVE_FRAMES
      fly(state, at + DIVERS)
    }
    if (--state[at + TO_DIVER]! <= 0) {
      state[at + TO_DIVER] = DIVER_ENTRY_FRAMES
      const lane = FIRST_LANE + random.integers(0, LANES)
      const right = random.integers(0, 2)
      put(state, at + DIVERS + right * SIDE, lane, right === 1 ? 0 : SIDE - 1)
    }
    takeAboard(state, at)

    state[at + OXYGEN]!--
    if (state[at + ROW] === 0 && before > 0) reward += surface(state, at, ramping)
    if (state[at + OXYGEN] === 0) state[at + OVER] = 1
    return reward
  },

  paint(state, at, out, outAt) {
    const { length } = CHANNELS
    const [row, column] = [state[at + ROW]!, state[at + COLUMN]!]
    mark(out, outAt, length, row, column, 0)
    mark(out, outAt, length, row, column - state[at + HEADING]!, 1)
    for (let heading = 0; heading < 2 * SIDE; heading += SIDE) {
      paintBits(state, at + OURS + heading, out, outAt, length, 2)
      paintBits(state, at + THEIRS + heading, out, outAt, length, 4)
      paintSwimmers(state, at + FISH + heading, heading, out, outAt, 5)
      paintSwimmers(state, at + SUBMARINES + heading, heading, out, outAt, 6)
      paintSwimmers(state, at + DIVERS + heading, heading, out, outAt, 9)
    }
    const oxygen = oxygenCells(state, at)
    for (let cell = 0; cell < oxygen; cell++) mark(out, outAt, length, SIDE - 1, cell, 7)
    for (let cell = 0; cell < state[at + ABOARD]!; cell++) mark(out, outAt, length, SIDE - 1, SIDE - 1 - cell, 8)
  },
})

/** Cells of the gauge that are lit, 0 … 10. */
const oxygenCells = (state: Float64Array, at: number) => Math.ceil((state[at + OXYGEN]! * SIDE) / OXYGEN_FRAMES)

/** Swimmers of one heading, and the trail behind them. */
function paintSwimmers(state: Float64Array, rows: number, heading: number, out: Float32Array, outAt: number, channel: number): void {
  for (let lane = FIRST_LANE; lane < FIRST_LANE + LANES; lane++) {
    if (state[rows + lane] === 0) continue
    paintRow(state[rows + lane]!, lane, out, outAt, CHANNELS.length, channel)
    paintRow(shifted(state[rows + lane]!, heading === 0 ? 1 : -1), lane, out, outAt, CHANNELS.length, 3)
  }
}

function steer(action: number, state: Float64Array, at: number): void {
  if (state[at + PAUSE]! > 0) state[at + PAUSE]!--
  if (action === LEFT || action === RIGHT) {
    state[at + HEADING] = action === RIGHT ? 1 : -1
    state[at + COLUMN] = within(state[at + COLUMN]! + state[at + HEADING]!, 0, SIDE - 1)
  }
  if (action === UP || action === DOWN) state[at + ROW] = within(state[at + ROW]! + (action === DOWN ? 1 : -1), 0, FIRST_LANE + LANES - 1)
  if (action === FIRE && state[at + PAUSE] === 0) {
    state[at + PAUSE] = BULLET_PAUSE
    put(state, at + OURS + (state[at + HEADING]! > 0 ? SIDE : 0), state[at + ROW]!, state[at + COLUMN]!)
  }
}

/** Everything of a kind moves one cell where it is heading. */
function fly(state: Float64Array, kind: number): void {
  shift(state, kind, -1)
  shift(state, kind + SIDE, 1)
}

/** How many enemies our bullets hit. */
function shootDown(state: Float64Array, at: number): number {
  let hits = 0
  for (let ours = OURS; ours < THEIRS; ours += SIDE) {
    for (let kind = FISH; kind < DIVERS; kind += SIDE) hits += strike(state, at + ours, at + kind)
  }
  return hits
}

/** An enemy enters at a side, unless its lane carries enemies that head the other way or its cell is taken. */
function enterEnemy(state: Float64Array, at: number, random: Generator): void {
  const lane = FIRST_LANE + random.integers(0, LANES)
  const right = random.integers(0, 2)
  const kind = random.random() < SUBMARINE_SHARE ? SUBMARINES : FISH
  const other = (1 - right) * SIDE + lane
  const own = right * SIDE + lane
  const column = right === 1 ? 0 : SIDE - 1
  if (state[at + FISH + other] !== 0 || state[at + SUBMARINES + other] !== 0) return
  if (has(state, at + FISH + own, 0, column) || has(state, at + SUBMARINES + own, 0, column)) return
  put(state, at + kind + own, 0, column)
}

function takeAboard(state: Float64Array, at: number): void {
  const [row, column] = [state[at + ROW]!, state[at + COLUMN]!]
  for (let kind = DIVERS; kind <= DIVERS + SIDE; kind += SIDE) {
    if (state[at + ABOARD]! >= MOST_DIVERS || !has(state, at + kind, row, column)) continue
    state[at + kind + row] = state[at + kind + row]! & ~(1 << column)
    state[at + ABOARD]!++
  }
}

/** The submarine has come up. Returns the reward. */
function surface(state: Float64Array, at: number, ramping: boolean): number {
  const aboard = state[at + ABOARD]!
  if (aboard === 0) {
    state[at + OVER] = 1
    return 0
  }
  const reward = aboard === MOST_DIVERS ? oxygenCells(state, at) : 0
  state[at + ABOARD] = aboard === MOST_DIVERS ? 0 : aboard - 1
  state[at + OXYGEN] = OXYGEN_FRAMES
  if (ramping) state[at + LEVEL]!++
  return reward
}

/** An enemy or a bullet where the front of the submarine is ends the game. */
function checkHit(state: Float64Array, at: number): void {
  const [row, column] = [state[at + ROW]!, state[at + COLUMN]!]
  for (let kind = THEIRS; kind < DIVERS; kind += SIDE) if (has(state, at + kind, row, column)) state[at + OVER] = 1
}
