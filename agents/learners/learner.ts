/**
 * The one door between the training loop and the arithmetic. TfLearner computes with TensorFlow.js, FusedLearner with hand-fused
 * kernels; one is the other's oracle.
 */

import type { Clip, ClipPlan } from '../../src/clip/clip.js'
import type { Bundle } from '../../src/core/bundle.js'
import type { NetworkConfig, OptimizerConfig } from '../../src/core/config/schema.js'
import type { KernelBuild } from '../../src/kernels/kernels.js'
import type { ParameterLayout } from '../../src/optim/layout.js'
import type { Distribution } from '../networks/distribution.js'
import type { ImageForm } from '../networks/image.js'
import type { NetworkMaker } from '../networks/own-parts.js'
import type { Rollout } from '../rollout/rollout.js'
import type { StepElements, StepSample } from './step-sample.js'

/** What every learner is made of. */
export interface LearnerOptions {
  /** Columns of an encoded observation row (rollout/observations.ts). */
  readonly observationSize: number
  /** What the policy draws from (rollout/actions.ts). */
  readonly distribution: Distribution
  readonly network: NetworkConfig
  /** What the columns of a row are as an image; needed where `network` has convolutions. */
  readonly image?: ImageForm | undefined
  /** A network of one's own in place of the layers that `network` describes. */
  readonly own?: NetworkMaker | undefined
  /** Of the observations in the environment: for a network of one's own. Default: [observationSize]. */
  readonly observationShape?: readonly number[] | undefined
  readonly optimizer: OptimizerConfig
  readonly clip: Clip | ClipPlan
  readonly seed: number
}

/** What to do in `count` environments. The arrays are the learner's own, valid until its next call. */
export interface Choice {
  /** [count, A]; Discrete: the index. */
  readonly actions: Float32Array
  /** [count] */
  readonly logProbs: Float32Array
}

/** The same with what the critic says. */
export interface Decision extends Choice {
  /** [count] */
  readonly values: Float32Array
  /** [count, S] what is remembered after this step; only where the learner remembers. */
  readonly state?: Float32Array
}

/** The numbers of one update, after schedules. */
export interface Hyperparameters {
  readonly objective: 'ppo' | 'a2c'
  readonly learningRate: number
  /** Passes over the rollout; 1 for A2C. */
  readonly epochs: number
  /** Rows per minibatch step; A2C: the whole rollout. */
  readonly minibatchSize: number
  /** PPO's ε: the probability ratio counts only within [1 − ε, 1 + ε]. */
  readonly ratioClip: number
  /** Value clip around the old value, or null for none. */
  readonly valueClip: number | null
  readonly valueCoefficient: number
  readonly entropyCoefficient: number
  /** Per minibatch: subtract the mean, divide by the standard deviation (ddof 1) + 1e-8. */
  readonly normalizeAdvantages: boolean
  /** Ends the update when the approximate KL passes 1.5 times this; null = never. */
  readonly targetKl: number | null
  /** Copies the elements of the first minibatch step into the report, for histograms. Default: false. Changes nothing else. */
  readonly inspect?: boolean
}

/** Means over the minibatch steps of one update that were taken; NaN when none was. */
export interface UpdateReport {
  /** Steps taken or skipped; without the one that a target KL stopped. */
  readonly minibatchSteps: number
  /** Steps skipped in this update because a gradient was not finite. */
  readonly skipped: number
  /** First parameter with a non-finite gradient in this update, or null. */
  readonly nonFinite: string | null
  readonly loss: number
  readonly policyLoss: number
  /** ½ · mean squared error (losses/value.ts). */
  readonly valueLoss: number
  readonly entropy: number
  /** Over the last epoch only: how far the policy is from the one that acted. */
  readonly approxKl: number
  readonly clipFraction: number
  /** Of the values the rollout was made with; NaN when the returns do not vary. */
  readonly explainedVariance: number
  /** Mean standard deviation of a Gaussian policy; null for others. */
  readonly std: number | null
  readonly stoppedEarly: boolean
  readonly gradient: GradientReport
}

export interface GradientReport {
  readonly normBefore: number
  readonly normAfter: number
  /** Mean τ over groups and steps; Infinity when there is no limit. */
  readonly tau: number
  readonly clipRate: number
  /** One per clip group; for per = 'unit' and 'tensor' only where there are at most 16. */
  readonly groups: readonly GroupSummary[]
  readonly layers: readonly LayerSummary[]
  /** A closer look at the first minibatch step that was taken: in updates of few steps only now and then. Else null. */
  readonly sample: StepSample | null
  /** Of the first minibatch step that was taken, where `inspect` asked for it. Else null. */
  readonly elements: StepElements | null
}

export interface GroupSummary {
  readonly name: string
  readonly tau: number
  readonly normBefore: number
  readonly normAfter: number
  readonly clipRate: number
}

export interface LayerSummary {
  readonly name: string
  readonly normBefore: number
  readonly normAfter: number
  readonly weightNorm: number
}

export interface Learner {
  readonly layout: ParameterLayout
  /** What computes: 'fused', 'wasm', 'cpu', … */
  readonly backend: string
  /** The kernels that act, and learn where the backend is fused; absent where there are none. */
  readonly kernels?: KernelBuild
  /** S: numbers that acting carries from step to step in each environment. Whoever acts keeps them. Absent or 0: it sees the present alone. */
  readonly stateSize?: number
  /**
   * Always on the CPU, without tensors.
   * @param observations flat rows [count, D]  @param mode 'greedy' draws no random number
   * @param masks [count, columns of logits] 1 where a choice is allowed, at least one of each; default: all are
   * @param state [count, S] what is remembered of the steps before, 0 when an episode begins; default: nothing
   */
  act(observations: Float32Array, count: number, mode: 'sample' | 'greedy', masks?: Uint8Array, state?: Float32Array): Decision
  /**
   * What `act` would do, without asking the critic. A learner has this where V of a row comes out the same however many rows are asked
   * for at once: a rollout's values are then cheaper all together.
   */
  choose?(observations: Float32Array, count: number, mode: 'sample' | 'greedy', masks?: Uint8Array): Choice
  /** V of each row, [count]; the learner's own array, valid until its next call. @param state as for `act`; it stays as it is */
  values(observations: Float32Array, count: number, state?: Float32Array): Float32Array
  /** Everything learnt from one rollout. @throws RunError after too many non-finite gradients in a row */
  update(rollout: Rollout, hyper: Hyperparameters): Promise<UpdateReport>
  /** Parameters, optimiser moments, clip state and random streams: enough to go on bit for bit. */
  save(): Bundle
  load(snapshot: Bundle): void
  dispose(): void
}
