/**
 * MinAtar/SpaceInvaders: shoot the aliens before they land.
 *
 * Channels: 0 cannon, 1 alien, 2 alien heading left, 3 alien heading right, 4 the cannon's bullets, 5 the aliens' bullets.
 * Actions that do something: nothing, left, right, fire. Reward: 1 for each alien. Terminated: an alien or a bullet hits the cannon.
 *
 * The paper's rules: the cannon moves along the bottom and shoots upward; the aliens move sideways together until one is at the edge, then all
 * go down and turn; they shoot back; when few are left they become faster, the last one moves every frame; a wave that is shot down is followed
 * by one that is a little faster.
 * How we read them: an alien that reaches the cannon's row has landed, which counts as a hit. With n aliens left they move once in n frames, or
 * in as many as the wave has if that is less. Bullets fly one cell a frame, and pass each other. A frame is: the cannon acts, bullets fly, the
 * aliens move, one of them shoots.
 */
import type { FunctionalEnv } from '../core.js'
import type { Generator } from '../seeding/generator.js'
import { bit, columnsOf, countOf, has, ones, paintBits, put, shift, shiftDown, shiftUp, strike } from './bits.js'
import { type Game, type MinAtarOptions, minAtar, OVER, OWN } from './game.js'
import { FIRE, LEFT, mark, NOTHING, RIGHT, SIDE, within } from './world.js'

// ours
const FIRST_ROW = 1 // of a new wave
const WAVE_ROWS = 4
const WAVE_COLUMNS = 0b0011111100 // columns 2 to 7
const START_COLUMN = 5 // of the cannon
const CANNON_PAUSE = 4 // frames from one shot to the next
const ALIEN_PAUSE = 8 // frames from one shot of the aliens to the next: the lowest of a random column
/** Frames from one move of a full wave to the next: 11, one less every wave, at least 4. */
const waveFrames = (wave: number) => Math.max(11 - wave, 4)

/** Fields of the state; exported for tests. */
const CANNON = OWN // column
const PAUSE = OWN + 1 // frames until the cannon may shoot
export const HEADING = OWN + 2 // of the aliens: 1 right, −1 left
export const TO_MOVE = OWN + 3 // frames until they move
const TO_SHOT = OWN + 4 // frames until they shoot
export const WAVE = OWN + 5 // 0 is the first
export const ALIENS = OWN + 6 // ten rows of bits
const OURS = ALIENS + SIDE // the cannon's bullets
export const THEIRS = OURS + SIDE

const CHANNELS = [
  { name: 'cannon', ink: 'accent', letter: 'A' },
  { name: 'alien', ink: 'danger', letter: 'W' },
  { name: 'alien left', ink: 'danger', letter: '<' },
  { name: 'alien right', ink: 'danger', letter: '>' },
  { name: 'friendly bullet', ink: 'goal', letter: '^' },
  { name: 'enemy bullet', ink: 'body', letter: 'v' },
] as const

export function spaceInvaders(options: MinAtarOptions = {}): FunctionalEnv<Uint8Array, number> {
  return minAtar('SpaceInvaders', options, rules)
}

const rules = (ramping: boolean): Game => ({
  channels: CHANNELS,
  minimal: [NOTHING, LEFT, RIGHT, FIRE],
  stateSize: THEIRS + SIDE,

  initial(_, state, at) {
    state[at + CANNON] = START_COLUMN
    state[at + TO_SHOT] = ALIEN_PAUSE
    line(state, at, 0)
  },

  step(action, state, at, random) {
    if (state[at + PAUSE]! > 0) state[at + PAUSE]!--
    if (action === LEFT || action === RIGHT) state[at + CANNON] = within(state[at + CANNON]! + (action === RIGHT ? 1 : -1), 0, SIDE - 1)
    if (action === FIRE && state[at + PAUSE] === 0) {
      state[at + PAUSE] = CANNON_PAUSE
      put(state, at + OURS, SIDE - 1, state[at + CANNON]!)
    }
    checkHit(state, at)

    shiftUp(state, at + OURS)
    let reward = strike(state, at + OURS, at + ALIENS)
    shiftDown(state, at + THEIRS)
    checkHit(state, at)

    if (--state[at + TO_MOVE]! <= 0) {
      advance(state, at)
      reward += strike(state, at + OURS, at + ALIENS)
      state[at + TO_MOVE] = Math.min(waveFrames(state[at + WAVE]!), countOf(state, at + ALIENS))
    }
    if (columnsOf(state, at + ALIENS) === 0) line(state, at, ramping ? state[at + WAVE]! + 1 : 0)
    if (--state[at + TO_SHOT]! <= 0) {
      state[at + TO_SHOT] = ALIEN_PAUSE
      shoot(state, at, random)
    }
    return reward
  },

  paint(state, at, out, outAt) {
    const { length } = CHANNELS
    mark(out, outAt, length, SIDE - 1, state[at + CANNON]!, 0)
    paintBits(state, at + ALIENS, out, outAt, length, 1)
    paintBits(state, at + ALIENS, out, outAt, length, state[at + HEADING]! > 0 ? 3 : 2)
    paintBits(state, at + OURS, out, outAt, length, 4)
    paintBits(state, at + THEIRS, out, outAt, length, 5)
  },
})

/** A new wave takes its place. */
function line(state: Float64Array, at: number, wave: number): void {
  state[at + WAVE] = wave
  state[at + HEADING] = -1
  state[at + TO_MOVE] = waveFrames(wave)
  state.fill(WAVE_COLUMNS, at + ALIENS + FIRST_ROW, at + ALIENS + FIRST_ROW + WAVE_ROWS)
}

/** Sideways, or down and about where one is at the edge. */
function advance(state: Float64Array, at: number): void {
  const edge = bit(state[at + HEADING]! > 0 ? SIDE - 1 : 0)
  if ((columnsOf(state, at + ALIENS) & edge) === 0) {
    shift(state, at + ALIENS, state[at + HEADING]!)
    return
  }
  state[at + HEADING] = -state[at + HEADING]!
  shiftDown(state, at + ALIENS)
  if (state[at + ALIENS + SIDE - 1] !== 0) state[at + OVER] = 1
}

/** The lowest alien of a random column shoots from where it is. */
function shoot(state: Float64Array, at: number, random: Generator): void {
  const columns = columnsOf(state, at + ALIENS)
  let skip = random.integers(0, ones(columns))
  for (let column = 0; column < SIDE; column++) {
    if ((columns & bit(column)) === 0 || skip-- > 0) continue
    for (let row = SIDE - 1; row >= 0; row--) {
      if (!has(state, at + ALIENS, row, column)) continue
      put(state, at + THEIRS, row, column)
      return
    }
  }
}

/** A bullet where the cannon is ends the game. */
function checkHit(state: Float64Array, at: number): void {
  if (has(state, at + THEIRS, SIDE - 1, state[at + CANNON]!)) state[at + OVER] = 1
}
