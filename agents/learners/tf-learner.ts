/**
 * The general learner: gradients by TensorFlow.js, on whatever backend is active.
 *
 * Parameters, clipping and optimiser live in flat arrays here; tensors exist only within one minibatch step (tf-gradient.ts). Acting
 * touches none, unless the network is one of your own. Three random streams come from the seed, so that none moves another: 'init', 'policy' and 'shuffle'.
 */
import * as tf from '@tensorflow/tfjs-core'
import { bundlePart, joinBundles } from '../../src/core/bundle.js'
import { RunError, UsageError } from '../../src/core/errors.js'
import type { Json } from '../../src/core/json.js'
import { stream } from '../../src/core/random.js'
import { loadKernels } from '../../src/kernels/load.js'
import { ownNetwork } from '../networks/own-network.js'
import type { PolicyNetwork } from '../networks/policy-network.js'
import { standardNetwork } from '../networks/standard-network.js'
import { cpuPolicy } from './cpu-policy.js'
import type { Learner, LearnerOptions } from './learner.js'
import { loadParameters, meanStd, saveParameters } from './parameters.js'
import { sequenceRows } from './sequence-rows.js'
import { tfDeviceGradient } from './tf-device-gradient.js'
import { tfGradient } from './tf-gradient.js'
import { createUpdater } from './update.js'

export interface TfLearnerOptions extends LearnerOptions {
  /** The backend to compute on; it must be the active one. */
  readonly backend: string
  /** What TensorFlow.js calls it. Default: `backend`. */
  readonly tfName?: string
  /** Whether reading back means waiting: then a minibatch step reads once, and awaits it. Default: false. */
  readonly asynchronous?: boolean
  /** Asked in every update. @throws RunError when the device was lost, or results mean nothing any more */
  readonly check?: () => void
}

/** @throws RunError when `backend` is not the active one */
export function createTfLearner(options: TfLearnerOptions): Learner {
  const { distribution, seed, backend, tfName = backend, asynchronous = false, check = () => {} } = options
  checkBackend(tfName)
  const net = networkOf(options)
  const { layout, logStd } = net
  const parameters = net.initial(seed)
  const policyRandom = stream(seed, 'policy')
  const kernels = options.network.kind === 'mlp' || options.own ? undefined : loadKernels()
  const { changed, ...policy } = cpuPolicy(net, distribution, parameters, policyRandom, kernels)
  const gradient = asynchronous ? tfDeviceGradient(net, distribution, parameters) : tfGradient(net, distribution, parameters)
  const updater = createUpdater({
    layout,
    parameters,
    optimizer: options.optimizer,
    clip: options.clip,
    seed,
    gradient: net.stateSize > 0 ? sequenceRows(gradient, layout, net.stateSize) : gradient,
    pause: () => tf.nextFrame(),
  })

  return {
    layout,
    backend,
    ...policy,

    async update(rollout, hyper) {
      checkBackend(tfName)
      const report = await updating(updater.update(rollout, hyper), check).finally(changed)
      return { ...report, std: logStd ? meanStd(parameters.subarray(logStd.offset, logStd.offset + logStd.size)) : null }
    },

    save: () =>
      joinBundles({
        network: saveParameters(layout, parameters),
        ...(net.constants && { constants: { header: {}, arrays: net.constants.save() } }),
        update: updater.save(),
        policy: { header: { random: policyRandom.save() }, arrays: {} },
      }),

    load(snapshot) {
      loadParameters(layout, parameters, bundlePart(snapshot, 'network'))
      net.constants?.load(bundlePart(snapshot, 'constants').arrays)
      changed()
      updater.load(bundlePart(snapshot, 'update'))
      policyRandom.load(bundlePart(snapshot, 'policy').header['random'] as Json)
    },

    dispose: () => net.dispose(),
  }
}

function networkOf({ own, distribution, network, image, seed, observationSize, observationShape }: TfLearnerOptions): PolicyNetwork {
  if (!own) {
    if (network.conv.length > 0) checkConvolutions()
    return standardNetwork(observationSize, distribution, network, image ?? null)
  }
  const { outputSize, kind } = distribution
  const request = { observationSize, observationShape: observationShape ?? [observationSize], outputSize, distribution: kind, seed }
  return ownNetwork(own, request, distribution, network.logStdInit)
}

/** Stock TensorFlow.js knows no gradient of a convolution on wasm; our kernels add it where their layout fits. */
function checkConvolutions(): void {
  const backend = tf.getBackend()
  if (tf.getKernel('Conv2DBackpropFilter', backend)) return
  throw new UsageError(
    `learner: network.conv: TensorFlow.js has no gradient of convolutions on "${backend}", and our kernels that add it are not active ` +
      '(TAU_RL_ACCELERATE=off, or another version of TensorFlow.js). Activate them, or take --backend cpu.',
  )
}

/** An error says what befell the device rather than what came of it; a device that fails quietly is an error too. */
async function updating<T>(update: Promise<T>, check: () => void): Promise<T> {
  try {
    return await update
  } finally {
    check()
  }
}

function checkBackend(expected: string): void {
  const active = tf.getBackend()
  if (active !== expected) {
    throw new RunError(`learner: expected the TensorFlow.js backend "${expected}" to be active, got "${active}"; select it first.`)
  }
}
