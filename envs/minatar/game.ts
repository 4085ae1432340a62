/**
 * What the five MinAtar games share: a world of 10 × 10 cells, six actions, sticky actions, and an image with one channel per kind of thing.
 *
 * Observation [10, 10, C] uint8: 1 where a thing of channel c is, else 0; row 0 is the upper one. Action: 0 nothing, 1 left, 2 up, 3 right,
 * 4 down, 5 fire; with `useMinimalActionSet` (the ids that end in v1) only those that do something in the game, in this order.
 * With probability `stickyActionProb` a step repeats the action of the step before, whatever was chosen; one uniform draw decides it.
 *
 * Source: Young & Tian 2019, "MinAtar: An Atari-Inspired Testbed for Thorough and Reproducible Reinforcement Learning Experiments"
 * (arXiv:1903.03176). The rules are those that the paper tells in words. It does not tell most numbers (intervals, places, shares): those are
 * ours, named as constants under "ours" in each file, so scores cannot be compared point by point with those of the original.
 */
import type { FunctionalEnv } from '../core.js'
import { EnvOptionError } from '../errors.js'
import { withDefaults } from '../options.js'
import type { Generator } from '../seeding/generator.js'
import { type Box, box } from '../spaces/box.js'
import { discrete } from '../spaces/discrete.js'
import { drawGame, gameText } from './picture.js'
import { type Channel, DOWN, FIRE, LEFT, NOTHING, RIGHT, SIDE, UP } from './world.js'

/** Fields of every game's state; its own follow. */
const LAST = 0 // the action that the step before took
export const OVER = 1 // 1 when the game has ended
export const OWN = 2

export interface MinAtarOptions {
  /** Probability, from 0 to 1, that a step repeats the last action. Default 0.1. */
  readonly stickyActionProb?: number
  /** Whether the game becomes harder as it goes on; Breakout and Freeway never do. Default true. */
  readonly difficultyRamping?: boolean
  /** Only the actions that do something in the game. Default true. */
  readonly useMinimalActionSet?: boolean
}

/** The rules of a game. `at` is where the state of the environment begins; the game's fields begin at `at + OWN`. */
export interface Game {
  readonly channels: readonly Channel[]
  /** The actions that do something, in ascending order. */
  readonly minimal: readonly number[]
  /** Numbers in its state, the shared ones included. */
  readonly stateSize: number
  /** All fields are 0 before. */
  initial(random: Generator, state: Float64Array, at: number): void
  /** Moves the game one frame and returns the reward; sets `state[at + OVER]` when it ends. */
  step(action: number, state: Float64Array, at: number, random: Generator): number
  /** Writes a 1 for everything there is; all cells are 0 before. */
  paint(state: Float64Array, at: number, out: Float32Array, outAt: number): void
}

/** An environment from the rules of a game. @throws EnvOptionError for an option out of range */
export function minAtar(name: string, options: MinAtarOptions, rules: (ramping: boolean) => Game): FunctionalEnv<Uint8Array, number> {
  const settings = withDefaults<Required<MinAtarOptions>>(name, options, {
    stickyActionProb: 0.1,
    difficultyRamping: true,
    useMinimalActionSet: true,
  })
  const { stickyActionProb } = settings
  if (!(stickyActionProb >= 0 && stickyActionProb <= 1))
    throw new EnvOptionError(`${name}: option stickyActionProb must be from 0 to 1, got ${stickyActionProb}`)
  const game = rules(settings.difficultyRamping)
  const { stateSize, channels } = game
  const actions = settings.useMinimalActionSet ? game.minimal : [NOTHING, LEFT, UP, RIGHT, DOWN, FIRE]
  const cells = SIDE * SIDE * channels.length

  const observe = (state: Float64Array, at: number, out: Float32Array, outAt: number) => {
    out.fill(0, outAt, outAt + cells)
    game.paint(state, at, out, outAt)
  }
  /** What there is now, for a picture. */
  const image = (state: Float64Array, at: number) => {
    const cellsNow = new Float32Array(cells)
    observe(state, at, cellsNow, 0)
    return cellsNow
  }

  return {
    stateSize,
    observationSpace: imageSpace(channels.length),
    actionSpace: discrete(actions.length),

    initial(random, state, at) {
      state.fill(0, at, at + stateSize)
      game.initial(random, state, at)
    },

    /** After the end nothing happens any more, and nothing is drawn. */
    transition(state, at, action, actionAt, random) {
      if (state[at + OVER] === 1) return 0
      if (!(random.random() < stickyActionProb)) state[at + LAST] = actions[action[actionAt]!]!
      return game.step(state[at + LAST]!, state, at, random)
    },

    terminal: (state, at) => state[at + OVER] === 1,
    observe,
    draw: (state, at, canvas) => drawGame(canvas, channels, image(state, at)),
    drawText: (state, at) => gameText(channels, image(state, at)),
  }
}

function imageSpace(channels: number): Box<'uint8'> {
  return box({ low: 0, high: 1, shape: [SIDE, SIDE, channels], dtype: 'uint8' })
}
