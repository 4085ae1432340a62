/** The arrays of a rollout: made once, filled again and again. */
import type { VectorStep } from '../../envs/vector/vector-env.js'
import type { Choice } from '../learners/learner.js'
import type { Rollout } from './rollout.js'

/** @param maskSize columns of a row of masks; 0 where there are none  @param stateSize numbers that the policy remembers in each environment */
export function rolloutBuffer(
  steps: number,
  numEnvs: number,
  observationSize: number,
  actionSize: number,
  maskSize = 0,
  stateSize = 0,
): Rollout {
  const rows = steps * numEnvs
  const column = () => new Float32Array(rows)
  return {
    steps,
    numEnvs,
    observationSize,
    actionSize,
    observations: new Float32Array(rows * observationSize),
    actions: new Float32Array(rows * actionSize),
    masks: maskSize > 0 ? new Uint8Array(rows * maskSize) : null,
    ...(stateSize > 0 && { states: new Float32Array(numEnvs * stateSize) }),
    logProbs: column(),
    values: column(),
    rewards: new Float64Array(rows),
    terminated: new Uint8Array(rows),
    truncated: new Uint8Array(rows),
    finalValues: column(),
    lastValues: new Float32Array(numEnvs),
    advantages: column(),
    returns: column(),
    episodeReturns: [],
  }
}

/** Copies what was seen and chosen before step t. @param masks of the rows, where there are masks */
export function storeDecision(rollout: Rollout, t: number, observations: Float32Array, decision: Choice, masks?: Uint8Array): void {
  const row = t * rollout.numEnvs
  rollout.observations.set(observations, row * rollout.observationSize)
  rollout.actions.set(decision.actions, row * rollout.actionSize)
  rollout.logProbs.set(decision.logProbs, row)
  if (rollout.masks && masks) rollout.masks.set(masks, t * masks.length)
}

/** Copies what step t brought. @param rewards [N] as the learner is to see them */
export function storeOutcome(rollout: Rollout, t: number, result: VectorStep, rewards: Float64Array): void {
  const row = t * rollout.numEnvs
  rollout.rewards.set(rewards, row)
  rollout.terminated.set(result.terminated, row)
  rollout.truncated.set(result.truncated, row)
  rollout.finalValues.fill(0, row, row + rollout.numEnvs)
}
