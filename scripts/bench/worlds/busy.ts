/**
 * An environment whose steps cost what is asked, and do nothing else: a chain of `rounds` multiplications that no compiler can leave out. It
 * counts rounds rather than time, because a thread that has to wait for its core must not seem to be working.
 */
import type { Env } from '../../../envs/core.js'
import { functionalEnv } from '../../../envs/functional-env.js'
import type { Registration } from '../../../envs/registry.js'
import { box } from '../../../envs/spaces/box.js'
import { discrete } from '../../../envs/spaces/discrete.js'

interface BusyOptions {
  /** Multiplications in a step. */
  readonly rounds?: number
}

export function spin(from: number, rounds: number): number {
  let value = from
  for (let i = 0; i < rounds; i++) value = (value * 1.000001 + 0.1) % 1
  return value
}

const busy = ({ rounds = 0 }: BusyOptions): Env<Float32Array, number> =>
  functionalEnv({
    stateSize: 1,
    observationSpace: box({ low: new Array<number>(8).fill(-1), high: new Array<number>(8).fill(1) }),
    actionSpace: discrete(4),
    initial: (random, state, at) => {
      state[at] = random.random()
    },
    transition: (state, at) => {
      state[at] = spin(state[at]!, rounds)
      return 1
    },
    terminal: () => false,
    observe: (state, at, out, outAt) => {
      out.fill(state[at]!, outAt, outAt + 8)
    },
  })

export default { id: 'bench/Busy-v0', env: busy, maxEpisodeSteps: 1000, module: import.meta.url } satisfies Registration
