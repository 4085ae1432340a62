/** How well a policy does without exploring: whole episodes with greedy actions, on environments of their own. */
import { actionMasks } from '../../agents/rollout/action-masks.js'
import { actionAdapter } from '../../agents/rollout/actions.js'
import { policyMemory } from '../../agents/rollout/memory.js'
import type { ActingPolicy } from '../../agents/rollout/normalizer.js'
import { observationEncoder } from '../../agents/rollout/observations.js'
import type { VectorEnv } from '../../envs/vector/vector-env.js'
import type { Metrics } from '../core/events.js'

export interface Evaluation {
  /** Return of each episode, in the order of their seeds. */
  readonly returns: readonly number[]
  /** Steps of each episode. */
  readonly lengths: readonly number[]
}

const LONGEST = 10_000 // steps of an evaluation episode: some environments have no time limit, and a greedy policy can go round for ever

/**
 * One episode in each environment of `venv`: the first to end would otherwise be counted more often than the long ones.
 * An episode is cut after 10,000 steps and counts as far as it came.
 * @param seed environment i starts with seed + i: the same starts for every evaluation of a run
 */
export function evaluate(policy: ActingPolicy, venv: VectorEnv, seed: number): Evaluation {
  const count = venv.numEnvs
  const encoder = observationEncoder(venv.observationSpace)
  const actions = actionAdapter(venv.actionSpace, policy.acting)
  const returns = new Array<number>(count).fill(0)
  const lengths = new Array<number>(count).fill(0)
  const done = new Array<boolean>(count).fill(false)
  let observations = venv.reset({ seed })
  const masks = actionMasks(venv, actions, policy.acting)
  const memory = policyMemory(policy, count)
  for (let t = 1; t <= LONGEST && done.includes(false); t++) {
    const decision = policy.act(encoder.encode(observations, count), count, 'greedy', masks?.current, memory.current)
    memory.acted(decision)
    const step = venv.step(actions.toEnv(decision.actions, count))
    for (const episode of step.episodes) {
      if (done[episode.env]) continue
      done[episode.env] = true
      returns[episode.env] = episode.return
      lengths[episode.env] = episode.length
    }
    for (let i = 0; i < count; i++) {
      if (done[i]) continue
      returns[i]! += step.rewards[i]!
      lengths[i] = t
    }
    memory.stepped(step)
    observations = step.observations
    masks?.read(step.infos, `at step ${t} of the evaluation`)
  }
  return { returns, lengths }
}

export function evaluationMetrics({ returns, lengths }: Evaluation): Metrics {
  return {
    'eval/mean_reward': mean(returns),
    'eval/std_reward': Math.sqrt(mean(returns.map((value) => (value - mean(returns)) ** 2))),
    'eval/mean_ep_length': mean(lengths),
  }
}

/** Far from every training seed, which are the run's seed + 0, 1, 2, …: evaluation starts where training did not. */
export const evaluationSeed = (seed: number): number => seed + 2 ** 32

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
