/**
 * What the study does to rewards on their way to the learner. All of it happens outside the episode statistics, so the returns that a run is
 * judged by, and that a controller hears as the signal `return`, stay those of the task.
 *
 * The best policy stays the best: a factor changes no order of returns, and neither do spikes that come whatever was done.
 */

import { transformReward } from '../../envs/vector/transform-reward.js'
import type { VectorEnv } from '../../envs/vector/vector-env.js'
import { rewardingRows, savedVectorWrapper, wrappedVector } from '../../envs/vector/wrapper.js'
import type { Json } from '../../src/core/json.js'
import { type RandomStream, stream } from '../../src/core/random.js'

/** Every reward times `factor`; with `chance` below 1 only that share of them, drawn from a stream of the run's seed. */
export interface World {
  readonly factor: number
  readonly chance: number
}

export const PLAIN: World = { factor: 1, chance: 1 }
export const scaled = (factor: number): World => ({ factor, chance: 1 })
/** One reward in 500 counts a hundredfold. */
export const SPIKES: World = { factor: 100, chance: 1 / 500 }

/** What to put around the environments of a run. */
export function worldAround({ factor, chance }: World, seed: number): (venv: VectorEnv) => VectorEnv {
  if (factor === 1) return (venv) => venv
  if (chance === 1) return (venv) => transformReward(venv, (reward) => factor * reward)
  return (venv) => spikedReward(venv, { factor, chance }, stream(seed, 'study/spikes'))
}

const NAME = 'SpikedReward'

/** SpikedReward: each reward counts `factor` times with probability `chance`, drawn from `random` in the order of the environments. */
export function spikedReward(venv: VectorEnv, { factor, chance }: World, random: RandomStream): VectorEnv {
  return wrappedVector(venv, {
    ...rewardingRows(venv, (reward) => (random.next() < chance ? factor * reward : reward)),
    save: () => ({ wrapper: NAME, random: random.save(), venv: venv.save() }),
    load: (saved) => {
      const state = savedVectorWrapper(NAME, saved)
      random.load((state['random'] ?? null) as Json)
      venv.load(state.venv)
    },
  })
}
