/** Environments whose observations have a shape: small pictures, and named or numbered parts. Importing this registers them. */
import type { FunctionalEnv } from '../../envs/core.js'
import { register } from '../../envs/registry.js'
import { box } from '../../envs/spaces/box.js'
import { dict } from '../../envs/spaces/dict.js'
import { discrete } from '../../envs/spaces/discrete.js'
import type { Space } from '../../envs/spaces/space.js'
import { tuple } from '../../envs/spaces/tuple.js'

/** Colour pictures [4, 6, 3] of noise; a step draws the next one. */
export const pictures = (): FunctionalEnv<Uint8Array, number> => ({
  ...steady(4 * 6 * 3, (random) => random.integers(0, 256)),
  observationSpace: box({ low: 0, high: 255, shape: [4, 6, 3], dtype: 'uint8' }),
})

/** { mode: 0 … 2 with start 5, place: [2] from −1 to 1 } */
export const named = (): FunctionalEnv<Parts, number> => ({
  ...steady(3, (random, i) => (i === 0 ? random.integers(0, 3) : random.uniform(-1, 1))),
  observationSpace: dict({ place: box({ low: -1, high: 1, shape: [2] }), mode: discrete(3, { start: 5 }) }) as Space<Parts>,
})

/** [mode, place] of the same. */
export const numbered = (): FunctionalEnv<readonly unknown[], number> => ({
  ...named(),
  observationSpace: tuple([discrete(3, { start: 5 }), box({ low: -1, high: 1, shape: [2] })]) as Space<readonly unknown[]>,
})

export interface Parts {
  readonly mode: number
  readonly place: Float32Array
}

register({ id: 'test/Pictures-v0', functions: pictures, maxEpisodeSteps: 20 })
register({ id: 'test/Named-v0', functions: named, maxEpisodeSteps: 20 })
register({ id: 'test/Numbered-v0', functions: numbered, maxEpisodeSteps: 20 })

/** A state of random numbers, drawn anew every step, with two actions that do nothing. */
function steady(
  stateSize: number,
  next: (random: Parameters<FunctionalEnv['initial']>[0], i: number) => number,
): Omit<FunctionalEnv<never, number>, 'observationSpace'> {
  const draw: FunctionalEnv['initial'] = (random, state, at) => {
    for (let i = 0; i < stateSize; i++) state[at + i] = next(random, i)
  }
  return {
    stateSize,
    actionSpace: discrete(2),
    initial: draw,
    transition: (state, at, action, actionAt, random) => {
      draw(random, state, at)
      return action[actionAt]!
    },
    terminal: () => false,
    observe: (state, at, out, outAt) => {
      for (let i = 0; i < stateSize; i++) out[outAt + i] = state[at + i]!
    },
    draw: (state, at, canvas) => canvas.circle(state[at]!, 0, 1, 'body'),
  }
}
