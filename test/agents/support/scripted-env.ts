/** Vector environments written for a test: what each step brings is a function of environment, step and action. */
import type { Space } from '../../../envs/spaces/space.js'
import type { AutoresetMode, FinishedEpisode, VectorEnv } from '../../../envs/vector/vector-env.js'

export interface ScriptedStep {
  readonly observation: readonly number[]
  readonly reward: number
  readonly end?: 'terminated' | 'truncated' | 'both'
  /** Last observation of the episode that ended. */
  readonly final?: readonly number[]
}

export interface Script {
  readonly numEnvs: number
  readonly observationSpace: Space
  readonly actionSpace: Space
  readonly autoreset?: AutoresetMode
  readonly first: (env: number) => readonly number[]
  /** @param t steps taken so far by all environments together, 0 for the first */
  readonly step: (env: number, t: number, action: readonly number[]) => ScriptedStep
}

/** @returns the environment, and what it was told: every row of actions, and the seed of its reset */
export function scriptedVec(script: Script): VectorEnv & { readonly told: number[][]; readonly seeds: unknown[] } {
  const { numEnvs, observationSpace, actionSpace } = script
  const d = observationSpace.size
  const a = actionSpace.size
  const observations = new Float32Array(numEnvs * d)
  const told: number[][] = []
  const seeds: unknown[] = []
  let t = 0
  let returns = new Array<number>(numEnvs).fill(0)
  let lengths = new Array<number>(numEnvs).fill(0)
  return {
    told,
    seeds,
    numEnvs,
    observationSpace,
    actionSpace,
    autoreset: script.autoreset ?? 'same-step',
    spec: null,
    reset(options) {
      seeds.push(options?.seed)
      t = 0
      for (let n = 0; n < numEnvs; n++) observations.set(script.first(n), n * d)
      return observations
    },
    step(actions) {
      told.push(Array.from(actions))
      const rewards = new Float64Array(numEnvs)
      const terminated = new Uint8Array(numEnvs)
      const truncated = new Uint8Array(numEnvs)
      const finalObservations = new Float32Array(numEnvs * d).fill(-99) // stale rows must not be read
      const episodes: FinishedEpisode[] = []
      for (let n = 0; n < numEnvs; n++) {
        const { observation, reward, end, final } = script.step(n, t, Array.from(actions).slice(n * a, n * a + a))
        observations.set(observation, n * d)
        rewards[n] = reward
        returns[n]! += reward
        lengths[n]!++
        if (end === undefined) continue
        terminated[n] = end === 'truncated' ? 0 : 1
        truncated[n] = end === 'terminated' ? 0 : 1
        if (final) finalObservations.set(final, n * d)
        episodes.push({ env: n, return: returns[n]!, length: lengths[n]!, terminated: terminated[n] === 1, truncated: truncated[n] === 1 })
        returns[n] = 0
        lengths[n] = 0
      }
      t++
      return { observations, rewards, terminated, truncated, finalObservations, episodes, infos: episodes.map(() => ({})) }
    },
    saveOne: () => null,
    save: () => ({ t, returns: [...returns], lengths: [...lengths], observations: [...observations] }),
    load(saved) {
      const state = saved as { t: number; returns: number[]; lengths: number[]; observations: number[] }
      t = state.t
      returns = [...state.returns]
      lengths = [...state.lengths]
      observations.set(state.observations)
    },
    close() {},
  }
}
