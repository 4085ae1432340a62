/** An environment of which everything is known: it counts its steps, pays what the action says, and ends at a length that its stream decides. */
import type { FunctionalEnv } from '../../envs/core.js'
import { box } from '../../envs/spaces/box.js'
import { discrete } from '../../envs/spaces/discrete.js'

/**
 * Seeds 2 and 3 give lengths 2 and 3, in every episode: the length is found among the first draws of the stream and kept in the state.
 * State: steps taken, length.
 */
export function counter(): FunctionalEnv<Float32Array, number> {
  return {
    stateSize: 2,
    observationSpace: box({ low: 0, high: 100 }),
    actionSpace: discrete(10),
    initial: (random, state, at) => {
      state[at] = 0
      if (state[at + 1] === 0) state[at + 1] = LENGTHS.get(random.random()) ?? 0
    },
    transition: (state, at, action, actionAt) => {
      state[at]!++
      return action[actionAt]!
    },
    terminal: (state, at) => state[at + 1]! > 0 && state[at]! >= state[at + 1]!,
    observe: (state, at, out, outAt) => {
      out[outAt] = state[at]!
    },
  }
}

/** First draws of the streams of seeds 2 and 3. */
const LENGTHS = new Map([
  [0.2616121342493164, 2],
  [0.08564916714362436, 3],
])
