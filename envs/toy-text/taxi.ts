/**
 * Taxi-v4: fetch a passenger at one of four places and bring them to another.
 *
 * Observation: one number for the state, ((row · 5 + column) · 5 + passenger) · 4 + destination; passenger and destination are places
 * (0 R, 1 G, 2 Y, 3 B), passenger 4 sits in the taxi. Action: 0 south, 1 north, 2 east, 3 west, 4 pick up, 5 drop off.
 * Reward: −1 per step, −10 for picking up or dropping off where it cannot be done, 20 for delivering. Start: any of the 300 states in which
 * the passenger waits somewhere else than at the destination. Terminated: delivered. The 200-step time limit is the registry's, not ours.
 * `info.prob`: the probability of the move that was made. `info.actionMask`: 1 for every action that changes the state.
 *
 * Source: Dietterich 2000, "Hierarchical Reinforcement Learning with the MAXQ Value Function Decomposition" (rain and fickle passengers: its
 * section 7.1); equal to Gymnasium 1.4 draw for draw: one uniform at reset (two with fickle passengers), one at every step, and an integer
 * where a passenger changes their mind.
 */
import type { FunctionalEnv } from '../core.js'
import { EnvOptionError } from '../errors.js'
import { withDefaults } from '../options.js'
import { discrete } from '../spaces/discrete.js'
import { drawn } from './chance.js'
import { drawTaxi, PLACES, SIDE, type TaxiState, taxiText, WALLS } from './taxi-map.js'

export interface TaxiOptions {
  /** In rain the taxi goes where it was meant to with probability `rainyProbability`, and otherwise to either side. Default false. */
  readonly isRainy?: boolean
  /** Default 0.8. */
  readonly rainyProbability?: number
  /** Passengers may choose another destination when the taxi first moves with them. Default false. */
  readonly ficklePassenger?: boolean
  /** The probability that the passenger of an episode is one who does. Default 0.3. */
  readonly fickleProbability?: number
}

const ABOARD = 4 // the passenger's place in the taxi
const PICK_UP = 4
const CERTAIN = [1]
const SIDEWAYS = [
  [2, 3], // left and right of south, …
  [3, 2],
  [1, 0],
  [0, 1],
] as const
const STARTS = Array.from({ length: 500 }, (_, code) => code).filter((code) => {
  const { passenger, destination } = decodeTaxi(code)
  return passenger !== ABOARD && passenger !== destination
})
const START_CHANCES = STARTS.map(() => 1 / STARTS.length)

export function taxi(options: TaxiOptions = {}): FunctionalEnv<number, number> {
  const { isRainy, rainyProbability, ficklePassenger, fickleProbability } = withDefaults<Required<TaxiOptions>>('Taxi', options, {
    isRainy: false,
    rainyProbability: 0.8,
    ficklePassenger: false,
    fickleProbability: 0.3,
  })
  checkProbability('rainyProbability', rainyProbability)
  checkProbability('fickleProbability', fickleProbability)
  const aside = (1 - rainyProbability) / 2
  const inRain = [rainyProbability, aside, aside]

  return {
    stateSize: 4, // the state's number, the probability of the last move, whether the passenger will change their mind, whether it is over
    observationSpace: discrete(500),
    actionSpace: discrete(6),

    initial(random, state, at) {
      state[at] = STARTS[drawn(random, START_CHANCES)]!
      state[at + 1] = 1
      state[at + 2] = ficklePassenger && random.random() < fickleProbability ? 1 : 0
      state[at + 3] = 0
    },

    transition(state, at, action, actionAt, random) {
      const code = state[at]!
      const act = action[actionAt]!
      const chances = isRainy && act < PICK_UP ? inRain : CERTAIN
      const outcome = drawn(random, chances)
      state[at + 1] = chances[outcome]!
      state[at + 3] = 0
      const tile = Math.floor(code / 20)
      const passenger = Math.floor(code / 4) % 5
      const destination = code % 4
      const here = PLACES.indexOf(tile)

      if (act < PICK_UP) {
        const straight = driven(tile, act)
        const next = straight === tile || outcome === 0 ? straight : driven(tile, SIDEWAYS[act as 0 | 1 | 2 | 3][outcome === 1 ? 0 : 1])
        let wanted = destination
        if (next !== tile && passenger === ABOARD && state[at + 2] === 1) {
          state[at + 2] = 0
          const other = random.integers(0, 3)
          wanted = other < destination ? other : other + 1
        }
        state[at] = (next * 5 + passenger) * 4 + wanted
        return -1
      }
      if (act === PICK_UP) {
        if (passenger === ABOARD || here !== passenger) return -10
        state[at] = (tile * 5 + ABOARD) * 4 + destination
        return -1
      }
      if (passenger !== ABOARD || here < 0) return -10
      state[at] = (tile * 5 + here) * 4 + destination
      state[at + 3] = here === destination ? 1 : 0
      return here === destination ? 20 : -1
    },

    terminal: (state, at) => state[at + 3] === 1,

    observe(state, at, out, outAt) {
      out[outAt] = state[at]!
    },

    info: (state, at) => ({ prob: state[at + 1]!, actionMask: taxiMask(state[at]!) }),

    draw: (state, at, canvas) => drawTaxi(canvas, decodeTaxi(state[at]!)),
    drawText: (state, at) => taxiText(decodeTaxi(state[at]!)),
  }
}

/** The number of a state. */
export function encodeTaxi({ row, column, passenger, destination }: TaxiState): number {
  return ((row * SIDE + column) * 5 + passenger) * 4 + destination
}

/** @param code 0 … 499 */
export function decodeTaxi(code: number): TaxiState {
  const tile = Math.floor(code / 20)
  return { row: Math.floor(tile / SIDE), column: tile % SIDE, passenger: Math.floor(code / 4) % 5, destination: code % 4 }
}

/** 1 for every action that changes the state `code`, else 0. */
export function taxiMask(code: number): number[] {
  const tile = Math.floor(code / 20)
  const passenger = Math.floor(code / 4) % 5
  const here = PLACES.indexOf(tile)
  const moves = [0, 1, 2, 3].map((direction) => driven(tile, direction) !== tile)
  return [...moves, here >= 0 && here === passenger, here >= 0 && passenger === ABOARD].map(Number)
}

/** The tile that a move leads to: 0 south, 1 north, 2 east, 3 west; itself where a wall or the border is. */
function driven(tile: number, direction: number): number {
  const row = Math.floor(tile / SIDE)
  const column = tile % SIDE
  if (direction === 0) return row < SIDE - 1 ? tile + SIDE : tile
  if (direction === 1) return row > 0 ? tile - SIDE : tile
  if (direction === 2) return column < SIDE - 1 && !WALLS.includes(tile) ? tile + 1 : tile
  return column > 0 && !WALLS.includes(tile - 1) ? tile - 1 : tile
}

function checkProbability(name: string, value: number): void {
  if (!(value >= 0 && value <= 1)) throw new EnvOptionError(`Taxi: option ${name} must be from 0 to 1, got ${value}`)
}
