/**
 * CliffWalking-v1: walk from the lower left tile to the lower right one; the shortest way runs along a cliff.
 *
 * Observation: the tile, 12 · row + column, of 4 rows. Action: 0 up, 1 right, 2 down, 3 left.
 * With `isSlippery` the step goes where it was meant to or to either side, each with probability 1/3.
 * Reward: −1 per step, −100 for falling off the cliff, which leads back to the start and does not end the episode. Start: tile 36.
 * Terminated: on tile 47. There is no time limit. `info.prob`: the probability of the move that was made.
 *
 * Source: Sutton & Barto, "Reinforcement Learning: An Introduction", example 6.6; equal to Gymnasium 1.4 draw for draw: one uniform at
 * reset and one at every step, whether or not anything is left to chance.
 */
import type { FunctionalEnv } from '../core.js'
import { withDefaults } from '../options.js'
import { discrete } from '../spaces/discrete.js'
import { drawn } from './chance.js'
import { drawGrid, drawLetter, drawWalker, type Grid, gridText, stepped } from './grid.js'

export interface CliffWalkingOptions {
  /** Default false. */
  readonly isSlippery?: boolean
}

const GRID: Grid = { rows: 4, columns: 12 }
const START = 36
const GOAL = 47
const CERTAIN = [1]
const THIRDS = [1 / 3, 1 / 3, 1 / 3]

/** Row and column of a move: up, right, down, left. */
const MOVES = [
  [-1, 0],
  [0, 1],
  [1, 0],
  [0, -1],
] as const

const isCliff = (tile: number) => tile > START && tile < GOAL

export function cliffWalking(options: CliffWalkingOptions = {}): FunctionalEnv<number, number> {
  const { isSlippery } = withDefaults('CliffWalking', options, { isSlippery: false })
  const chances = isSlippery ? THIRDS : CERTAIN

  return {
    stateSize: 2, // the tile, and the probability of the move that led there
    observationSpace: discrete(GRID.rows * GRID.columns),
    actionSpace: discrete(MOVES.length),

    initial(random, state, at) {
      random.random() // a draw that decides nothing, as in Gymnasium: there is one start
      state[at] = START
      state[at + 1] = 1
    },

    transition(state, at, action, actionAt, random) {
      const slip = drawn(random, chances)
      const direction = isSlippery ? (action[actionAt]! + slip + 3) % 4 : action[actionAt]!
      const next = stepped(GRID, state[at]!, MOVES[direction as 0 | 1 | 2 | 3])
      state[at] = isCliff(next) ? START : next
      state[at + 1] = chances[slip]!
      return isCliff(next) ? -100 : -1
    },

    terminal: (state, at) => state[at] === GOAL,

    observe(state, at, out, outAt) {
      out[outAt] = state[at]!
    },

    info: (state, at) => ({ prob: state[at + 1]! }),

    draw(state, at, canvas) {
      drawGrid(canvas, GRID)
      canvas.rectangle(1, 0, GRID.columns - 2, 1, 'danger')
      drawLetter(canvas, GRID, GOAL, 'G', 'goal')
      drawWalker(canvas, GRID, state[at]!)
    },

    drawText: (state, at) => gridText(GRID, LETTERS, state[at]!),
  }
}

/** S start, C cliff, G goal, . ground. */
const LETTERS = Array.from({ length: GRID.rows * GRID.columns }, (_, tile) =>
  tile === START ? 'S' : tile === GOAL ? 'G' : isCliff(tile) ? 'C' : '.',
)
