/**
 * FrozenLake-v1: cross the ice from S to G without falling into a hole; the ice is slippery.
 *
 * Observation: the tile, row · columns + column. Action: 0 left, 1 down, 2 right, 3 up.
 * On slippery ice the step goes where it was meant to with probability `successRate`, and otherwise to either side, half and half.
 * Reward: `rewardSchedule` for reaching the goal, a hole, other ice; default 1, 0, 0. Start: a random S.
 * Terminated: on a hole or the goal. The 100-step time limit is the registry's, not ours.
 * `info.prob`: the probability of the move that was made.
 *
 * Source: equal to Gymnasium 1.4 draw for draw: one uniform at reset and one at every step, on dry ice as well.
 */
import type { FunctionalEnv } from '../core.js'
import { EnvOptionError } from '../errors.js'
import { withDefaults } from '../options.js'
import { generator } from '../seeding/generator.js'
import { discrete } from '../spaces/discrete.js'
import { drawn } from './chance.js'
import { drawGrid, drawLetter, drawWalker, gridText, stepped } from './grid.js'

export interface FrozenLakeOptions {
  /** Rows of S (start), F (frozen), H (hole), G (goal); null: the map named by `mapName`. Default null. */
  readonly desc?: readonly string[] | null
  /** '4x4', '8x8', or 'random' (or null, as in Gymnasium): a random lake of 8 × 8 that can be crossed. Default '4x4'. */
  readonly mapName?: string | null
  /** Which random lake. Gymnasium takes it from the machine's entropy; here it is the same every time. Default 0. */
  readonly mapSeed?: number
  /** Default true. */
  readonly isSlippery?: boolean
  /** Probability, from 0 to 1, of going where one meant to on slippery ice. Default 1/3. */
  readonly successRate?: number
  /** Rewards for reaching the goal, a hole, other ice. Default [1, 0, 0]. */
  readonly rewardSchedule?: readonly number[]
}

export const LAKES: Readonly<Record<string, readonly string[]>> = {
  '4x4': ['SFFF', 'FHFH', 'FFFH', 'HFFG'],
  '8x8': ['SFFFFFFF', 'FFFFFFFF', 'FFFHFFFF', 'FFFFFHFF', 'FFFHFFFF', 'FHHFFFHF', 'FHFFHFHF', 'FFFHFFFG'],
}

/** Row and column of a move: left, down, right, up. */
const MOVES = [
  [0, -1],
  [1, 0],
  [0, 1],
  [-1, 0],
] as const

export function frozenLake(options: FrozenLakeOptions = {}): FunctionalEnv<number, number> {
  const { mapName = '4x4', ...others } = options
  const settings = withDefaults<Required<Omit<FrozenLakeOptions, 'mapName'>>>('FrozenLake', others, {
    desc: null,
    mapSeed: 0,
    isSlippery: true,
    successRate: 1 / 3,
    rewardSchedule: [1, 0, 0],
  })
  const { isSlippery, successRate } = settings
  if (!(successRate >= 0 && successRate <= 1))
    throw new EnvOptionError(`FrozenLake: option successRate must be from 0 to 1, got ${successRate}`)
  const [atGoal, atHole, onIce] = rewards(settings.rewardSchedule)
  const map = settings.desc === null ? namedLake(mapName, settings.mapSeed) : checkedLake(settings.desc)
  const grid = { rows: map.length, columns: map[0]!.length }
  const tiles = map.join('')
  const starts = Array.from(tiles, (tile) => (tile === 'S' ? 1 / (tiles.split('S').length - 1) : 0))
  const chances = isSlippery ? [(1 - successRate) / 2, successRate, (1 - successRate) / 2] : [1]
  const over = (tile: number) => tiles[tile] === 'H' || tiles[tile] === 'G'

  return {
    stateSize: 2, // the tile, and the probability of the move that led there
    observationSpace: discrete(tiles.length),
    actionSpace: discrete(4),

    initial(random, state, at) {
      state[at] = drawn(random, starts)
      state[at + 1] = 1
    },

    transition(state, at, action, actionAt, random) {
      const tile = state[at]!
      if (over(tile)) {
        random.random() // a draw that decides nothing, as in Gymnasium
        state[at + 1] = 1
        return 0
      }
      const slip = drawn(random, chances)
      const direction = isSlippery ? (action[actionAt]! + slip + 3) % 4 : action[actionAt]!
      const next = stepped(grid, tile, MOVES[direction as 0 | 1 | 2 | 3])
      state[at] = next
      state[at + 1] = chances[slip]!
      return tiles[next] === 'G' ? atGoal : tiles[next] === 'H' ? atHole : onIce
    },

    terminal: (state, at) => over(state[at]!),

    observe(state, at, out, outAt) {
      out[outAt] = state[at]!
    },

    info: (state, at) => ({ prob: state[at + 1]! }),

    draw(state, at, canvas) {
      drawGrid(canvas, grid)
      drawWalker(canvas, grid, state[at]!)
      for (let tile = 0; tile < tiles.length; tile++) {
        const ink = tiles[tile] === 'H' ? 'danger' : tiles[tile] === 'G' ? 'goal' : null
        if (ink !== null) drawLetter(canvas, grid, tile, tiles[tile]!, ink)
      }
    },

    drawText: (state, at) => gridText(grid, tiles, state[at]!),
  }
}

/**
 * A random square lake that can be crossed, as Gymnasium's `generate_random_map`.
 * @param size tiles on a side, at least 2
 */
export function randomLake(size = 8, { frozen = 0.8, seed = 0 }: { readonly frozen?: number; readonly seed?: number } = {}): string[] {
  if (!Number.isSafeInteger(size) || size < 2)
    throw new EnvOptionError(`randomLake: size must be a whole number of at least 2, got ${size}`)
  if (!(frozen > 0)) throw new EnvOptionError(`randomLake: frozen must be above 0, the share of tiles that are ice, got ${frozen}`)
  const random = generator(seed)
  const share = Math.min(1, frozen)
  for (;;) {
    const tiles = Array.from({ length: size * size }, (): string => (random.choice(2, { p: [share, 1 - share] }) === 0 ? 'F' : 'H'))
    tiles[0] = 'S'
    tiles[tiles.length - 1] = 'G'
    const map = Array.from({ length: size }, (_, row) => tiles.slice(row * size, (row + 1) * size).join(''))
    if (crossable(map)) return map
  }
}

/** Whether a goal can be reached from the upper left tile. */
export function crossable(map: readonly string[]): boolean {
  const seen = new Set<string>()
  const open: [number, number][] = [[0, 0]]
  for (let here = open.pop(); here !== undefined; here = open.pop()) {
    const [row, column] = here
    const tile = map[row]?.[column]
    if (tile === 'G') return true
    if (tile === undefined || tile === 'H' || seen.has(`${row},${column}`)) continue
    seen.add(`${row},${column}`)
    for (const [down, right] of MOVES) open.push([row + down, column + right])
  }
  return false
}

function namedLake(mapName: unknown, mapSeed: number): readonly string[] {
  if (mapName === null || mapName === 'random') return randomLake(8, { seed: mapSeed })
  const map = typeof mapName === 'string' ? LAKES[mapName] : undefined
  if (map === undefined)
    throw new EnvOptionError(
      `FrozenLake: option mapName must be ${Object.keys(LAKES).join(', ')} or random, got ${JSON.stringify(mapName)}`,
    )
  return map
}

function checkedLake(desc: readonly string[]): readonly string[] {
  const valid =
    Array.isArray(desc) &&
    desc.length > 0 &&
    desc.every((row) => typeof row === 'string' && /^[SFHG]+$/.test(row) && row.length === desc[0].length)
  if (!valid || !desc.join('').includes('S')) {
    throw new EnvOptionError(
      `FrozenLake: option desc must be rows of equal length of the letters S, F, H and G with at least one S, got ${JSON.stringify(desc)}`,
    )
  }
  return desc
}

function rewards(schedule: readonly number[]): readonly [number, number, number] {
  if (!Array.isArray(schedule) || schedule.length !== 3 || !schedule.every(Number.isFinite)) {
    throw new EnvOptionError(`FrozenLake: option rewardSchedule must be three numbers (goal, hole, ice), got ${JSON.stringify(schedule)}`)
  }
  return schedule as [number, number, number]
}
