/** Builds what a configuration describes: environments, learner, agent, recorder. Everything that can be refused is refused here. */
import type { Agent } from '../../agents/agent.js'
import type { CriticCrew } from '../../agents/learners/critic-partner.js'
import type { Learner } from '../../agents/learners/learner.js'
import { type ImageForm, imageForm } from '../../agents/networks/image.js'
import { networkPlan } from '../../agents/networks/network-plan.js'
import { algorithm } from '../../agents/registry.js'
import { type Acting, actionAdapter } from '../../agents/rollout/actions.js'
import { type ActingPolicy, createNormalizer, type Normalizer, normalizedActing } from '../../agents/rollout/normalizer.js'
import { observationEncoder } from '../../agents/rollout/observations.js'
import { EnvError, EnvOptionError, WorkerLostError } from '../../envs/errors.js'
import { makeVec, vectorChoice } from '../../envs/registry.js'
import type { Box } from '../../envs/spaces/box.js'
import type { VectorEnv } from '../../envs/vector/vector-env.js'
import type { VectorChoice, WorkerKit } from '../../envs/vector/vectorization.js'
import { createPlan, describeClip } from '../clip/registry.js'
import type { RunConfig } from '../core/config/schema.js'
import { UsageError } from '../core/errors.js'
import type { RunStarted } from '../core/events.js'
import { type ChosenLearner, chooseLearner, refuseUnfusable } from './choose-learner.js'
import { type Inspection, inspected } from './inspection.js'
import { loadNetworkFile } from './network-modules.js'
import { createRecorder, type Recorder } from './recorder.js'
import { type EpisodeWindow, episodeWindow } from './window.js'

export interface RunParts {
  readonly venv: VectorEnv
  readonly learner: Learner
  /** Of the learner as the agent has it. */
  readonly inspection: Inspection
  /** How the agent acts on encoded observations, with its statistics as they are. */
  readonly policy: ActingPolicy
  readonly agent: Agent
  readonly recorder: Recorder
  readonly window: EpisodeWindow
  /** The first event. */
  readonly started: Omit<RunStarted, 'kind' | 'step'>
  /** What TensorFlow.js holds now. */
  memory(): { readonly tensors: number; readonly bytes: number }
  /** Gives back what tensors and threads the parts hold; a second call does nothing. */
  dispose(): void
}

/** What a run is given from outside. */
export interface RunMeans {
  /** Worker threads for costly environments. Default: none, and then `vectorization: workers` is refused. */
  readonly workers?: WorkerKit
  /** Starts the second thread of updates. Default: there is none. */
  readonly crew?: CriticCrew
  /** What to put around the environments of training, outside their episode statistics: episodes keep their true returns. Default: nothing. */
  readonly around?: (venv: VectorEnv) => VectorEnv
}

/** @throws UsageError when the configuration names something that does not exist or cannot be combined */
export async function assemble(config: RunConfig, means: RunMeans = {}): Promise<RunParts> {
  const { venv, choice } = trainingEnvironments(config, means)
  try {
    return await partsAround(venv, choice, config, means)
  } catch (error) {
    venv.close()
    throw error
  }
}

async function partsAround(venv: VectorEnv, choice: VectorChoice, config: RunConfig, means: RunMeans): Promise<RunParts> {
  let disposed = false
  const normalizer = makeNormalizer(config, venv)
  const { learner, computing, memory } = await learnerFor(config, venv, means)
  const inspection = { wanted: false }
  const agent = algorithm(config.algo)({
    venv,
    learner: config.histograms ? inspected(learner, inspection) : learner,
    learn: config.learn,
    normalizer,
    acting: actingOf(config),
    seed: config.seed,
  })
  const actions = actionAdapter(venv.actionSpace, actingOf(config))
  const recorder = createRecorder({
    venv,
    env: config.env,
    envOptions: config.envOptions,
    seed: config.seed,
    observationSize: venv.observationSpace.size,
    actionSize: actions.size,
    actionKind: actions.kind,
    every: config.recordEvery,
  })
  return {
    venv,
    learner,
    inspection,
    policy: normalizedActing(learner, normalizer, actingOf(config)),
    agent,
    recorder,
    window: episodeWindow(),
    started: {
      env: config.env,
      algo: config.algo,
      seed: config.seed,
      totalSteps: config.totalSteps,
      numEnvs: config.numEnvs,
      vectorization: `${choice.kind}: ${choice.why}`,
      backend: learner.backend,
      computing,
      clip: clipLabel(config),
      parameters: learner.layout.size,
      solvedAt: venv.spec?.rewardThreshold ?? null,
    },
    memory,
    dispose() {
      if (disposed) return
      disposed = true
      learner.dispose()
      venv.close()
    },
  }
}

/** Refuses what `assemble` would, without starting a backend. @throws UsageError */
export function refuseUnrunnable(config: RunConfig, { workers }: RunMeans = {}): void {
  const { env, vectorization } = config
  if (vectorization !== 'auto') refusing(() => vectorChoice(env, { vectorization, ...(workers && { workers }) })) // auto finds a way, and measures steps
  const venv = makeEnvironments(config, 1)
  const { size } = observationEncoder(venv.observationSpace)
  const { distribution } = actionAdapter(venv.actionSpace, actingOf(config))
  refuseUnfusable(config, { distribution, network: config.network })
  if (config.network.file === null) networkPlan(size, distribution, config.network, imageOf(config, venv) ?? null)
  makeNormalizer(config, venv)
  algorithm(config.algo)
  createPlan(config.clip)
  venv.close()
}

/**
 * The environments that `config` names, `count` of them, in this thread: for evaluation, whose few episodes are over before threads have started.
 * @throws UsageError for an option that it refuses
 */
export function makeEnvironments(config: Pick<RunConfig, 'env' | 'envOptions'>, count: number): VectorEnv {
  return refusing(() => makeVec(config.env, { numEnvs: count, kwargs: config.envOptions }))
}

/** Those that training steps, as fast as they go. What comes out of them does not depend on the choice. */
function trainingEnvironments(
  config: RunConfig,
  { workers, around = (venv) => venv }: RunMeans,
): { readonly venv: VectorEnv; readonly choice: VectorChoice } {
  const { env, envOptions: kwargs, numEnvs, vectorization } = config
  return refusing(() => {
    const options = { numEnvs, kwargs, ...(workers && { workers }) }
    const choice = vectorChoice(env, { ...options, vectorization })
    return { choice, venv: around(makeVec(env, { ...options, vectorization: choice.kind })) }
  })
}

function refusing<T>(make: () => T): T {
  try {
    return make()
  } catch (error) {
    if (error instanceof EnvOptionError) throw new UsageError(`envOptions: ${error.message}`)
    if (error instanceof EnvError && !(error instanceof WorkerLostError)) throw new UsageError(error.message) // an unknown name, or a package that is missing
    throw error
  }
}

/** The learner that `config` describes for the spaces of `venv`, its backend started. */
export const makeLearner = async (config: RunConfig, venv: VectorEnv, means: Pick<RunMeans, 'crew'> = {}): Promise<Learner> =>
  (await learnerFor(config, venv, means)).learner

async function learnerFor(config: RunConfig, venv: VectorEnv, { crew }: Pick<RunMeans, 'crew'>): Promise<ChosenLearner> {
  const encoder = observationEncoder(venv.observationSpace)
  const { distribution } = actionAdapter(venv.actionSpace, actingOf(config))
  const clip = createPlan(config.clip)
  const { network, optimizer, seed } = config
  const own = network.file === null ? undefined : await loadNetworkFile(network.file)
  const { observationSpace: space } = venv
  const options = {
    observationSize: encoder.size,
    observationShape: space.kind === 'box' ? (space as Box).shape : undefined,
    distribution,
    network,
    image: imageOf(config, venv),
    own,
    optimizer,
    clip,
    seed,
  }
  return chooseLearner(config, options, crew)
}

/** What observations are as images, where the network has convolutions. @throws UsageError when they are none */
const imageOf = ({ network }: Pick<RunConfig, 'network'>, { observationSpace }: VectorEnv): ImageForm | undefined =>
  network.file === null && network.conv.length > 0 ? imageForm(observationSpace) : undefined

/** How the agent's choices become actions. */
export const actingOf = ({ network, masks }: Pick<RunConfig, 'network' | 'masks'>): Acting => ({ squash: network.squash, masks })

/** The normaliser that `config` describes; undefined where it asks for none. @throws UsageError for observations that cannot be normalised */
export function makeNormalizer({ normalize, numEnvs, learn }: RunConfig, { observationSpace }: VectorEnv): Normalizer | undefined {
  if (!normalize.observations && !normalize.rewards) return undefined
  return createNormalizer({ normalize, observationSpace, numEnvs, gamma: learn.gamma })
}

/** 'loss-feedback per network' */
const clipLabel = (config: RunConfig): string => describeClip(createPlan(config.clip))
