/**
 * The fast learner: perceptrons trained by hand-fused kernels, without tensors.
 *
 * Parameters, gradient, moments and rollout lie in the kernels' memory; the flat arrays that everyone else sees are views of it. Actor and
 * critic are two separate objects (fused-network.ts). Random streams and the order of everything are TfLearner's, which is its oracle.
 */
import { asPlan, type ClipPlan } from '../../src/clip/clip.js'
import { bundlePart, joinBundles } from '../../src/core/bundle.js'
import { UsageError } from '../../src/core/errors.js'
import type { Json } from '../../src/core/json.js'
import { stream } from '../../src/core/random.js'
import type { Kernels } from '../../src/kernels/kernels.js'
import { actorCritic } from '../networks/actor-critic.js'
import { initialParameters } from '../networks/placed-network.js'
import { type CriticCrew, criticPartner } from './critic-partner.js'
import { fusedArithmetic } from './fused-arithmetic.js'
import { fusedGradient } from './fused-gradient.js'
import { missingHead } from './fused-heads.js'
import { fusedArray } from './fused-memory.js'
import { fusedNetwork } from './fused-network.js'
import { fusedOptimizer } from './fused-optimizer.js'
import { fusedRule } from './fused-rules.js'
import { kernelPolicy } from './kernel-policy.js'
import type { Learner, LearnerOptions } from './learner.js'
import { loadParameters, meanStd, saveParameters } from './parameters.js'
import { type Threads, threadChoice } from './thread-choice.js'
import { createUpdater } from './update.js'

export interface FusedLearnerOptions extends LearnerOptions {
  /** On a memory that is this learner's alone (src/kernels/load.ts). */
  readonly kernels: Kernels
  /** How many threads may compute an update; 'auto': the faster number, measured as it goes. The results are the same. Default: 1. */
  readonly threads?: Threads
  /** Starts the second thread. Default: there is none. */
  readonly crew?: CriticCrew | undefined
}

/** Why the fused learner cannot learn this; null where it can. */
export function fusedObstacle({ distribution, network, own }: Pick<LearnerOptions, 'distribution' | 'network' | 'own'>): string | null {
  if (own || network.file !== null) return 'the fused kernels know no network of your own'
  if (network.kind !== 'mlp') return `the fused kernels know no ${network.kind} network`
  if (network.shared) return 'the fused kernels know no layers that actor and critic share'
  return missingHead(distribution)
}

/** @throws UsageError for a policy that it cannot learn; RunError when the kernels' memory is too small */
export function createFusedLearner(options: FusedLearnerOptions): Learner {
  const { kernels, distribution, network, optimizer, clip, seed, observationSize, threads = 1, crew } = options
  const obstacle = fusedObstacle(options)
  if (obstacle !== null) throw new UsageError(`the fused learner cannot do this: ${obstacle}; take another learner, such as TfLearner.`)
  const net = actorCritic(observationSize, distribution, network)
  const { layout, logStd: logStdSlot } = net
  const parameters = fusedArray(kernels, layout.size)
  const gradient = fusedArray(kernels, layout.size)
  const networks = {
    actor: fusedNetwork(kernels, net.actor, parameters.address, gradient.address),
    critic: fusedNetwork(kernels, net.critic, parameters.address, gradient.address),
  }
  const { values } = parameters
  values.set(initialParameters(net, network, seed))
  const logStd = logStdSlot ? values.subarray(logStdSlot.offset, logStdSlot.offset + logStdSlot.size) : new Float32Array(0)
  const policyRandom = stream(seed, 'policy')
  const policy = kernelPolicy(kernels, networks, observationSize, distribution, logStd, policyRandom)
  const rule = fusedRule(kernels, optimizer, parameters, gradient)
  const partner = crew && threads !== 1 ? criticPartner({ crew, kernels, net, parameters, gradient, rule, optimizer }) : null
  const choice = partner && crew ? threadChoice(threads, crew.clock) : null
  const updater = createUpdater({
    layout,
    parameters: values,
    optimizer,
    clip,
    seed,
    gradient: fusedGradient(kernels, net, distribution, networks, parameters, gradient, partner),
    stepper: fusedOptimizer(rule, optimizer, layout, parameters, gradient, partner),
    arithmetic: fusedArithmetic(kernels, layout, gradient, rule !== null && scalesOnce(asPlan(clip)) ? partner : null),
    pause: nextTurn,
  })

  return {
    layout,
    backend: 'fused',
    kernels: kernels.build,
    act: policy.act,
    choose: policy.choose,
    values: policy.values,

    async update(rollout, hyper) {
      policy.changed()
      const timing = choice?.begin(() => partner!.join())
      const report = await updater.update(rollout, hyper).finally(() => partner?.leave())
      timing?.end(report.minibatchSteps)
      policy.changed() // who acted meanwhile saw the parameters of that moment
      return { ...report, std: logStdSlot ? meanStd(logStd) : null }
    },

    save: () =>
      joinBundles({
        network: saveParameters(layout, values),
        update: updater.save(),
        policy: { header: { random: policyRandom.save() }, arrays: {} },
      }),

    load(snapshot) {
      loadParameters(layout, values, bundlePart(snapshot, 'network'))
      policy.changed()
      updater.load(bundlePart(snapshot, 'update'))
      policyRandom.load(bundlePart(snapshot, 'policy').header['random'] as Json)
    },

    dispose() {
      partner?.end() // the memory goes with the last reference to the learner
    },
  }
}

/** Whether the clip changes a gradient by nothing but one scaling of whole arrays, and nobody reads it later but the optimiser's rule. */
const scalesOnce = (plan: ClipPlan): boolean =>
  plan.length === 1 &&
  plan.every(
    ({ stage, of, per, like, errorFeedback }) =>
      stage === 'gradient' && of !== 'element' && per !== 'unit' && like === 'exact' && !errorFeedback,
  )

/** Lets others of this thread work. */
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
