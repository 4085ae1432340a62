/**
 * The general learner: gradients by TensorFlow.js, on whatever backend is active.
 *
 * Parameters, clipping and optimiser live in flat arrays here; tensors exist only within one minibatch step. The networks run forward as
 * tensors, the loss is computed in plain float64 on what they put out, and its gradient goes back through the tape. Acting never touches
 * a tensor. What a step reads back it reads at once (`dataSync`): right for backends in the CPU's memory; a GPU would want it awaited.
 */
import * as tf from '@tensorflow/tfjs-core'
import type { Clip } from '../../src/clip/clip.js'
import { bundlePart, joinBundles } from '../../src/core/bundle.js'
import type { NetworkConfig, OptimizerConfig } from '../../src/core/config/schema.js'
import { RunError } from '../../src/core/errors.js'
import type { Json } from '../../src/core/json.js'
import { stream } from '../../src/core/random.js'
import { actorCriticLoss, type LossReport } from '../losses/actor-critic-loss.js'
import { actorCritic, initialParameters } from '../networks/actor-critic.js'
import type { Distribution } from '../networks/distribution.js'
import { tfMlp } from '../networks/tf-mlp.js'
import type { Minibatch } from '../rollout/minibatch.js'
import { cpuPolicy } from './cpu-policy.js'
import type { Hyperparameters, Learner } from './learner.js'
import { loadParameters, saveParameters } from './parameters.js'
import { createUpdater } from './update.js'

export interface TfLearnerOptions {
  /** Columns of an encoded observation row (rollout/observations.ts). */
  readonly observationSize: number
  /** What the policy draws from (rollout/actions.ts). */
  readonly distribution: Distribution
  readonly network: NetworkConfig
  readonly optimizer: OptimizerConfig
  readonly clip: Clip
  /** Of the initial weights, the actions and the shuffling: one random stream each. */
  readonly seed: number
  /** The TensorFlow.js backend to compute on; it must be the active one. */
  readonly backend: string
}

/** @throws RunError when `backend` is not the active one */
export function createTfLearner(options: TfLearnerOptions): Learner {
  const { distribution, network, seed, backend } = options
  checkBackend(backend)
  const net = actorCritic(options.observationSize, distribution, network)
  const parameters = initialParameters(net, network, seed)
  const logStd = net.logStd ? parameters.subarray(net.logStd.offset, net.logStd.offset + net.logStd.size) : new Float32Array(0)
  const policyRandom = stream(seed, 'policy')
  const policy = cpuPolicy(net, distribution, parameters, policyRandom)
  const loss = actorCriticLoss(distribution)
  const slots = net.layout.slots.filter((slot) => slot !== net.logStd)
  const index = new Map(slots.map(({ name }, i) => [name, i]))

  /** The loss as one operation on the tape: its gradient is known as soon as its value is. */
  const lossOf = (batch: Minibatch, hyper: Hyperparameters, outputs: tf.Tensor, values: tf.Tensor, report: (r: LossReport) => void) =>
    tf.customGrad((outputs, values) => {
      const result = loss.compute(hyper, batch, floats(outputs as tf.Tensor), logStd, floats(values as tf.Tensor))
      report(result)
      const { rows } = batch
      const dOutputs = Float32Array.from(loss.dOutputs.subarray(0, rows * distribution.outputSize))
      const dValues = Float32Array.from(loss.dValues.subarray(0, rows))
      return {
        value: tf.scalar(result.loss),
        gradFunc: () => [tf.tensor2d(dOutputs, [rows, distribution.outputSize]), tf.tensor2d(dValues, [rows, 1])],
      }
    })(outputs, values)

  function gradientOf(batch: Minibatch, hyper: Hyperparameters, gradient: Float32Array): LossReport {
    let report: LossReport | undefined
    tf.tidy(() => {
      const x = tf.tensor2d(batch.observations.subarray(0, batch.rows * net.observationSize), [batch.rows, net.observationSize])
      const tensors = slots.map(({ offset, size, shape }) => tf.tensor(parameters.subarray(offset, offset + size), [...shape]))
      const gradients = tf.grads((...given: tf.Tensor[]) => {
        const parameterOf = (name: string) => given[index.get(name)!]!
        return lossOf(batch, hyper, tfMlp(net.actor, x, parameterOf), tfMlp(net.critic, x, parameterOf), (r) => {
          report = r
        })
      })(tensors)
      for (let i = 0; i < slots.length; i++) gradient.set(floats(gradients[i]!), slots[i]!.offset)
    })
    if (net.logStd) gradient.set(loss.dLogStd, net.logStd.offset)
    return report!
  }

  const updater = createUpdater({
    layout: net.layout,
    parameters,
    optimizer: options.optimizer,
    clip: options.clip,
    seed,
    gradient: gradientOf,
    pause: () => tf.nextFrame(),
  })

  return {
    layout: net.layout,
    backend,
    act: policy.act,
    values: policy.values,

    async update(rollout, hyper) {
      checkBackend(backend)
      const report = await updater.update(rollout, hyper)
      return { ...report, std: net.logStd ? meanStd(logStd) : null }
    },

    save: () =>
      joinBundles({
        network: saveParameters(net.layout, parameters),
        update: updater.save(),
        policy: { header: { random: policyRandom.save() }, arrays: {} },
      }),

    load(snapshot) {
      loadParameters(net.layout, parameters, bundlePart(snapshot, 'network'))
      updater.load(bundlePart(snapshot, 'update'))
      policyRandom.load(bundlePart(snapshot, 'policy').header['random'] as Json)
    },

    dispose() {
      // No tensor outlives a minibatch step, so there is nothing to give back.
    },
  }
}

const floats = (tensor: tf.Tensor): Float32Array => tensor.dataSync() as Float32Array

const meanStd = (logStd: Float32Array): number => logStd.reduce((sum, value) => sum + Math.exp(value), 0) / logStd.length

function checkBackend(expected: string): void {
  const active = tf.getBackend()
  if (active !== expected) {
    throw new RunError(`learner: expected the TensorFlow.js backend "${expected}" to be active, got "${active}"; select it first.`)
  }
}
