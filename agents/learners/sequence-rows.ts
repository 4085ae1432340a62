/**
 * Minibatches for policies that remember: whole environments, each from the first step of the rollout to its last, with what it remembered
 * before. The network is run through the sequence anew, so what it remembers in between is what it remembers with the weights of now; where an
 * episode ended, nothing is carried on. Environments are shuffled, time is not (Huang et al. 2022, "The 37 Implementation Details of PPO", LSTM).
 */
import type { ParameterLayout } from '../../src/optim/layout.js'
import { gatherer, type Sequences } from '../rollout/minibatch.js'
import type { Rollout } from '../rollout/rollout.js'
import type { BatchGradient, RolloutGradient } from './update.js'

/** @param stateSize numbers that are remembered in each environment */
export function sequenceRows(compute: BatchGradient, { size }: ParameterLayout, stateSize: number): RolloutGradient {
  const gather = gatherer()
  const gradient = new Float32Array(size)
  let rollout: Rollout
  let envs = new Int32Array(0)
  let rows = new Int32Array(0)
  return {
    gradient,

    begin(of) {
      rollout = of
      if (envs.length !== of.numEnvs) envs = new Int32Array(of.numEnvs)
      return envs
    },

    bounds: (minibatchSize) => sequenceBounds(envs.length, rollout.steps, minibatchSize),

    minibatch(from, to, hyper) {
      const { steps, numEnvs } = rollout
      const count = to - from
      if (rows.length < steps * count) rows = new Int32Array(steps * count)
      for (let t = 0; t < steps; t++) for (let i = 0; i < count; i++) rows[t * count + i] = t * numEnvs + envs[from + i]!
      const batch = gather(rollout, rows, 0, steps * count)
      return compute({ ...batch, sequences: sequencesOf(rollout, envs.subarray(from, to), stateSize) }, hyper, gradient)
    },
  }
}

/** As many environments as make up a minibatch of that many rows, at least one; the last minibatch may have fewer. */
export function sequenceBounds(numEnvs: number, steps: number, minibatchSize: number): readonly number[] {
  const together = Math.max(1, Math.floor(minibatchSize / steps))
  const bounds: number[] = []
  for (let start = 0; start < numEnvs; start += together) bounds.push(start)
  return [...bounds, numEnvs]
}

function sequencesOf({ steps, numEnvs, states, terminated, truncated }: Rollout, envs: Int32Array, stateSize: number): Sequences {
  const count = envs.length
  const state = new Float32Array(count * stateSize)
  const begins = new Uint8Array(steps * count)
  envs.forEach((env, i) => {
    if (states) state.set(states.subarray(env * stateSize, (env + 1) * stateSize), i * stateSize)
    for (let t = 1; t < steps; t++) {
      const before = (t - 1) * numEnvs + env
      begins[t * count + i] = terminated[before] === 1 || truncated[before] === 1 ? 1 : 0
    }
  })
  return { steps, count, state, begins }
}
