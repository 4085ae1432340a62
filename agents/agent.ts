/** What a training loop drives, whatever the algorithm. */
import type { VectorEnv } from '../envs/vector/vector-env.js'
import type { Bundle } from '../src/core/bundle.js'
import type { LearnConfig } from '../src/core/config/schema.js'
import type { Hyperparameters, Learner, UpdateReport } from './learners/learner.js'
import type { Acting } from './rollout/actions.js'
import type { CollectedEpisode, CollectedStep } from './rollout/collect.js'
import type { Normalizer } from './rollout/normalizer.js'
import type { Rollout } from './rollout/rollout.js'

export interface AgentOptions {
  readonly venv: VectorEnv
  /** Made for the spaces of `venv`. */
  readonly learner: Learner
  readonly learn: LearnConfig
  /** What the learner sees of observations and rewards. Default: all of it as it is. */
  readonly normalizer?: Normalizer | undefined
  /** How the learner's choices become actions; its distribution must be made for it. Default: nothing special. */
  readonly acting?: Acting | undefined
  /** Seeds the environments' first reset, which happens at once: environment i gets seed + i. */
  readonly seed: number
}

/** One turn of the loop: a rollout and the update learnt from it. */
export interface Iteration {
  /** Environment steps taken, over all environments. */
  readonly steps: number
  /** Episodes that ended, in order. */
  readonly episodes: readonly CollectedEpisode[]
  readonly report: UpdateReport
  /** The numbers this update used, after schedules. */
  readonly hyper: Hyperparameters
}

export interface Agent {
  /** Environment steps of one iteration. */
  readonly stepsPerIteration: number
  /**
   * Collects one rollout and learns from it.
   * @param progress share of the run that is done, 0 … 1: where the schedules stand
   * @param onStep sees every step of the environments as it happens; it cannot change them
   * @param onRollout sees the rollout before anything is learnt from it; it is valid during the call, its advantages are not filled yet
   * @throws RunError when an environment gives a number that is not finite, or too many gradients in a row are not
   */
  iterate(progress: number, onStep?: (step: CollectedStep) => void, onRollout?: (rollout: Rollout) => void): Promise<Iteration>
  /** Learner, environments and the observations between them: enough to go on bit for bit. */
  save(): Bundle
  load(saved: Bundle): void
}

export type Algorithm = (options: AgentOptions) => Agent
