/** T steps of N environments, time-major: row = t · N + n. Filled by collect.ts; advantages by advantage.ts. */

export interface Rollout {
  /** T */
  readonly steps: number
  /** N */
  readonly numEnvs: number
  /** D */
  readonly observationSize: number
  /** A: columns of an action row; 1 for Discrete. */
  readonly actionSize: number
  /** [T·N, D] what the policy saw. */
  readonly observations: Float32Array
  /** [T·N, A] what the policy chose, before any clipping to the action space. */
  readonly actions: Float32Array
  /** [T·N, columns of logits] 1 where a choice was allowed; null where every one always is. */
  readonly masks: Uint8Array | null
  /** [N, S] what the policy remembered before the first step; absent where it remembers nothing. */
  readonly states?: Float32Array
  /** [T·N] log-probability of the action under the policy that chose it. */
  readonly logProbs: Float32Array
  /** [T·N] V(s_t) under the critic of that time. */
  readonly values: Float32Array
  /** [T·N] normalised where the agent has a normaliser, like the observations. */
  readonly rewards: Float64Array
  /** [T·N] 1 where the task ended. */
  readonly terminated: Uint8Array
  /** [T·N] 1 where the time ran out. */
  readonly truncated: Uint8Array
  /** [T·N] V(final observation) where truncated and not terminated; 0 elsewhere. */
  readonly finalValues: Float32Array
  /** [N] V of the observations after the last step. */
  readonly lastValues: Float32Array
  /** [T·N] */
  readonly advantages: Float32Array
  /** [T·N] advantage + value: what the critic learns. */
  readonly returns: Float32Array
  /** Returns of the episodes that ended in this rollout, as the environments gave them: the signal of loss feedback. */
  readonly episodeReturns: readonly number[]
}
