/** Looks at MinAtar games through their images, and steps their functions from states of one's own. */
import type { FunctionalEnv } from '../../envs/core.js'
import { OVER } from '../../envs/minatar/game.js'
import { type Generator, generator } from '../../envs/seeding/generator.js'

export type Cell = readonly [row: number, column: number]

/** Everything there is in one channel, from above. */
export function cells(image: ArrayLike<number>, channels: number, channel: number): Cell[] {
  const found: Cell[] = []
  for (let cell = 0; cell < 100; cell++) {
    if (image[cell * channels + channel] === 1) found.push([Math.floor(cell / 10), cell % 10])
  }
  return found
}

export interface Table {
  readonly state: Float64Array
  readonly random: Generator
  /** One frame; the action is an index into the game's own actions. */
  step(action: number): number
  image(): Float32Array
  readonly over: boolean
  /** What was lost goes on. */
  revive(): void
}

/** A game on the table: no wrappers, no limits. */
export function table(functions: FunctionalEnv<Uint8Array, number>, seed = 0): Table {
  const state = new Float64Array(functions.stateSize)
  const random = generator(seed)
  functions.initial(random, state, 0)
  return {
    state,
    random,
    step: (action) => functions.transition(state, 0, [action], 0, random),
    image: () => {
      const out = new Float32Array(functions.observationSpace.size)
      functions.observe(state, 0, out, 0)
      return out
    },
    get over() {
      return functions.terminal(state, 0)
    },
    revive: () => {
      state[OVER] = 0
    },
  }
}
