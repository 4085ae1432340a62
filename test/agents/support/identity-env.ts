/**
 * The cheapest thing to learn: name the state you see. Reward 1 for the right name, else 0; episodes of ten steps, cut by time.
 * For a Box of actions the reward is 1 − |a − s| instead. States follow a fixed scrambled order, one for each environment.
 */
import { box } from '../../../envs/spaces/box.js'
import { discrete } from '../../../envs/spaces/discrete.js'
import type { VectorEnv } from '../../../envs/vector/vector-env.js'
import { scriptedVec } from './scripted-env.js'

const STEPS = 10 // per episode

/** @param states how many, at most 7 */
export function identityVec(numEnvs: number, states: number): VectorEnv {
  const stateAt = (env: number, t: number) => ((t * 5 + env * 3 + (t >> 2)) % 7) % states
  return scriptedVec({
    numEnvs,
    observationSpace: discrete(states),
    actionSpace: discrete(states),
    first: (env) => [stateAt(env, 0)],
    step: (env, t, [action]) => {
      const observation = [stateAt(env, t + 1)]
      const end = (t + 1) % STEPS === 0
      return { observation, reward: action === stateAt(env, t) ? 1 : 0, ...(end ? { end: 'truncated' as const, final: observation } : {}) }
    },
  })
}

export function identityBoxVec(numEnvs: number): VectorEnv {
  const stateAt = (env: number, t: number) => (((t * 5 + env * 3) % 7) - 3) / 3
  return scriptedVec({
    numEnvs,
    observationSpace: box({ low: -1, high: 1, shape: [1] }),
    actionSpace: box({ low: -1, high: 1, shape: [1] }),
    first: (env) => [stateAt(env, 0)],
    step: (env, t, [action]) => {
      const observation = [stateAt(env, t + 1)]
      const end = (t + 1) % STEPS === 0
      return {
        observation,
        reward: 1 - Math.abs(action! - stateAt(env, t)),
        ...(end ? { end: 'truncated' as const, final: observation } : {}),
      }
    },
  })
}
