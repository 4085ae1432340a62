/**
 * MinAtar/Breakout: bounce a ball with a paddle and break three rows of bricks.
 *
 * Channels: 0 paddle, 1 ball, 2 trail (where the ball was), 3 brick. Actions that do something: nothing, left, right.
 * Reward: 1 for each brick. Terminated: the ball arrives at the bottom where the paddle is not.
 *
 * The paper's rules: three rows of bricks at the top, three more when all are broken; the ball travels only along diagonals and is reflected by
 * walls and bricks; the paddle sends it to the left or to the right depending on the side that was hit; a trail shows its direction. Nothing
 * becomes harder with time.
 * How we read them: faces lie half a cell from the ball, so a reflected coordinate stays the same for one frame and its direction turns; a ball
 * with a brick before it and one beside it turns back. A ball above the paddle goes on to the side to which it was going; one that meets the
 * paddle's near corner goes back to where it came from. New bricks come when the ball next leaves the paddle, so that none appears over it.
 */
import type { FunctionalEnv } from '../core.js'
import { has, paintBits } from './bits.js'
import { type Game, type MinAtarOptions, minAtar, OVER, OWN } from './game.js'
import { LEFT, mark, NOTHING, RIGHT, SIDE, within } from './world.js'

// ours
const FIRST_BRICK_ROW = 1
const BRICK_ROWS = 3 // the paper's
const START_ROW = 4 // of the ball, under the bricks; column and direction are random
const PADDLE_START = 4 // column; the paddle is one cell wide

/** Fields of the state; exported for tests. */
export const PADDLE = OWN // column
export const ROW = OWN + 1 // of the ball
export const COLUMN = OWN + 2
export const DOWNWARD = OWN + 3 // 1 down, −1 up
export const RIGHTWARD = OWN + 4 // 1 right, −1 left
const TRAIL_ROW = OWN + 5
const TRAIL_COLUMN = OWN + 6
export const BRICKS = OWN + 7 // ten rows of bits

const CHANNELS = [
  { name: 'paddle', ink: 'accent', letter: '=' },
  { name: 'ball', ink: 'danger', letter: 'o' },
  { name: 'trail', ink: 'muted', letter: ':' },
  { name: 'brick', ink: 'body', letter: '#' },
] as const

export function breakout(options: MinAtarOptions = {}): FunctionalEnv<Uint8Array, number> {
  return minAtar('Breakout', options, () => RULES)
}

const RULES: Game = {
  channels: CHANNELS,
  minimal: [NOTHING, LEFT, RIGHT],
  stateSize: BRICKS + SIDE,

  initial(random, state, at) {
    state[at + PADDLE] = PADDLE_START
    state[at + ROW] = START_ROW
    state[at + COLUMN] = random.integers(0, SIDE)
    state[at + DOWNWARD] = 1
    state[at + RIGHTWARD] = random.integers(0, 2) === 1 ? 1 : -1
    state[at + TRAIL_ROW] = START_ROW
    state[at + TRAIL_COLUMN] = state[at + COLUMN]!
    lay(state, at)
  },

  step(action, state, at) {
    if (action === LEFT || action === RIGHT) {
      state[at + PADDLE] = within(state[at + PADDLE]! + (action === RIGHT ? 1 : -1), 0, SIDE - 1)
    }
    const row = state[at + ROW]!
    const column = state[at + COLUMN]!
    let down = state[at + DOWNWARD]!
    let right = state[at + RIGHTWARD]!
    let nextRow = row + down
    let nextColumn = column + right
    let reward = 0
    if (nextColumn < 0 || nextColumn >= SIDE) {
      right = -right
      nextColumn = column
    }
    if (nextRow < 0) {
      down = 1
      nextRow = row
    }

    if (has(state, at + BRICKS, nextRow, nextColumn)) {
      state[at + BRICKS + nextRow] = state[at + BRICKS + nextRow]! & ~(1 << nextColumn)
      reward = 1
      down = -down
      nextRow = row
      if (has(state, at + BRICKS, nextRow, nextColumn)) {
        right = -right
        nextColumn = column
      }
    } else if (nextRow === SIDE - 1) {
      const paddle = state[at + PADDLE]!
      if (paddle === column || paddle === nextColumn) {
        if (paddle !== column) {
          right = -right
          nextColumn = column
        }
        down = -1
        nextRow = row
        if (isCleared(state, at)) lay(state, at)
      } else state[at + OVER] = 1
    }

    state[at + TRAIL_ROW] = row
    state[at + TRAIL_COLUMN] = column
    state[at + ROW] = nextRow
    state[at + COLUMN] = nextColumn
    state[at + DOWNWARD] = down
    state[at + RIGHTWARD] = right
    return reward
  },

  paint(state, at, out, outAt) {
    const { length } = CHANNELS
    mark(out, outAt, length, SIDE - 1, state[at + PADDLE]!, 0)
    mark(out, outAt, length, state[at + ROW]!, state[at + COLUMN]!, 1)
    mark(out, outAt, length, state[at + TRAIL_ROW]!, state[at + TRAIL_COLUMN]!, 2)
    paintBits(state, at + BRICKS, out, outAt, length, 3)
  },
}

/** All bricks anew. */
function lay(state: Float64Array, at: number): void {
  state.fill((1 << SIDE) - 1, at + BRICKS + FIRST_BRICK_ROW, at + BRICKS + FIRST_BRICK_ROW + BRICK_ROWS)
}

function isCleared(state: Float64Array, at: number): boolean {
  for (let row = FIRST_BRICK_ROW; row < FIRST_BRICK_ROW + BRICK_ROWS; row++) if (state[at + BRICKS + row] !== 0) return false
  return true
}
