/**
 * A trained policy as plain data: what it reads, what it does with it, and what its answer means. Taken from a snapshot, without a learner
 * or a backend; every export format is a function of this.
 */

import { loadParameters } from '../../agents/learners/parameters.js'
import { actorCritic } from '../../agents/networks/actor-critic.js'
import type { Distribution } from '../../agents/networks/distribution.js'
import type { DenseLayer } from '../../agents/networks/layers.js'
import { type Acting, actionAdapter } from '../../agents/rollout/actions.js'
import { observationEncoder } from '../../agents/rollout/observations.js'
import type { Box } from '../../envs/spaces/box.js'
import type { Space } from '../../envs/spaces/space.js'
import { runningMoments } from '../../envs/wrappers/running-moments.js'
import { type Bundle, bundlePart } from '../core/bundle.js'
import type { RunConfig } from '../core/config/schema.js'
import { RunError, UsageError } from '../core/errors.js'
import type { Json } from '../core/json.js'
import type { Activation } from '../kernels/activation.js'

export interface PolicyLayer {
  /** 'actor/hidden-0' */
  readonly name: string
  readonly inputs: number
  readonly outputs: number
  readonly activation: Activation
  /** [inputs, outputs], row-major */
  readonly kernel: Float32Array
  /** [outputs] */
  readonly bias: Float32Array
}

/** Observations less `mean`, over √(variance + epsilon), clipped to ± clip. */
export interface PolicyStatistics {
  /** [D] */
  readonly mean: Float64Array
  /** [D] */
  readonly variance: Float64Array
  readonly epsilon: number
  readonly clip: number
}

export interface PolicyExport {
  readonly env: string
  readonly algo: string
  /** Environment steps that it was trained for. */
  readonly step: number
  readonly observationSpace: Json
  readonly actionSpace: Json
  /** D: columns of a flat observation, as the environments' `flatten` gives it (Gymnasium's too). */
  readonly observationSize: number
  /** Null where observations are read as they are. */
  readonly statistics: PolicyStatistics | null
  readonly distribution: Distribution['kind']
  /** [rows, D] → logits or means. */
  readonly actor: readonly PolicyLayer[]
  /** [rows, D] → [rows, 1] */
  readonly critic: readonly PolicyLayer[]
  /** [A] of a Gaussian, which are the same for every observation; null for choices. */
  readonly logStd: Float32Array | null
  readonly actions: ChoiceActions | BoxActions
}

/** One choice, or several: the logits of one after those of the other. */
export interface ChoiceActions {
  readonly kind: 'choices'
  /** How many values each has. */
  readonly sizes: readonly number[]
  /** The first value of each, as the environment counts. */
  readonly starts: readonly number[]
  /** Whether the policy was trained with the environment's action masks, and needs them. */
  readonly masked: boolean
}

export interface BoxActions {
  readonly kind: 'box'
  /** [A] float32; may be infinite. */
  readonly low: Float32Array
  readonly high: Float32Array
  /** What of the mean is the action: itself, clipped to the bounds; or its tanh, stretched to them. */
  readonly squash: boolean
}

/**
 * The policy in a snapshot of a run.
 * @param config the run's own  @param spaces of its environments  @param step of the snapshot
 * @throws RunError when the snapshot is not one of such a run; UsageError when a space is not supported
 */
export function describePolicy(
  config: Pick<RunConfig, 'env' | 'algo' | 'network' | 'normalize' | 'masks'>,
  spaces: { readonly observationSpace: Space; readonly actionSpace: Space },
  snapshot: Bundle,
  step: number,
): PolicyExport {
  const { observationSpace, actionSpace } = spaces
  checkNetwork(config.network)
  const { size: observationSize } = observationEncoder(observationSpace)
  const { distribution } = actionAdapter(actionSpace, { squash: config.network.squash } satisfies Acting)
  const agent = bundlePart(snapshot, 'agent')
  const net = actorCritic(observationSize, distribution, config.network)
  const parameters = new Float32Array(net.layout.size)
  loadParameters(net.layout, parameters, bundlePart(bundlePart(agent, 'learner'), 'network'))
  const at = ({ offset, size }: { readonly offset: number; readonly size: number }) => parameters.slice(offset, offset + size)
  const layerOf = ({ inputs, outputs, activation, kernel, bias }: DenseLayer): PolicyLayer => ({
    name: kernel.layer,
    inputs,
    outputs,
    activation,
    kernel: at(kernel),
    bias: at(bias),
  })
  return {
    env: config.env,
    algo: config.algo,
    step,
    observationSpace: observationSpace.toJSON(),
    actionSpace: actionSpace.toJSON(),
    observationSize,
    statistics: config.normalize.observations ? statisticsOf(config.normalize, observationSize, bundlePart(agent, 'normalizer')) : null,
    distribution: distribution.kind,
    actor: net.actor.map(layerOf),
    critic: net.critic.map(layerOf),
    logStd: net.logStd ? at(net.logStd) : null,
    actions:
      distribution.choices === undefined
        ? boxActions(actionSpace as Box, config.network.squash)
        : { kind: 'choices', sizes: distribution.choices, starts: startsOf(actionSpace), masked: maskedIn(agent) },
  }
}

function checkNetwork({ kind, shared, file }: RunConfig['network']): void {
  const got = file !== null ? `one of your own (${file})` : kind !== 'mlp' ? kind : shared ? 'one with shared layers' : null
  if (got !== null)
    throw new UsageError(`export: network: expected a perceptron for actor and critic each, got ${got}; others cannot be exported yet.`)
}

function statisticsOf({ epsilon, clipObservations }: RunConfig['normalize'], size: number, saved: Bundle): PolicyStatistics {
  const moments = runningMoments(size)
  const { observations } = saved.header
  if (!observations) throw new RunError('checkpoint: the statistics of the observations are missing')
  moments.load(observations)
  return { mean: moments.mean, variance: moments.variance, epsilon, clip: clipObservations }
}

const boxActions = ({ low, high }: Box, squash: boolean): BoxActions => ({
  kind: 'box',
  low: Float32Array.from(low),
  high: Float32Array.from(high),
  squash,
})

function startsOf(space: Space): number[] {
  const { start } = space as { readonly start?: number | ArrayLike<number> } // a MultiBinary has none
  if (typeof start === 'number') return [start]
  return start === undefined ? new Array<number>(space.size).fill(0) : Array.from(start)
}

/** The collector keeps the masks that stood when the snapshot was taken, where there are any. */
const maskedIn = (agent: Bundle): boolean => bundlePart(agent, 'collector').arrays['masks'] !== undefined
