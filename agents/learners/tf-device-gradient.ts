/**
 * The gradient of a minibatch where reading back means waiting: WebGPU, an NVIDIA card.
 *
 * Everything up to the gradient stays on the device, the loss too (losses/tf-actor-critic-loss.ts); gradient and numbers of the loss come back in
 * one array, in one read that is awaited. tf-gradient.ts does the same with the loss in float64 on the host: its results are the finer ones, and
 * where memory is shared it is the faster.
 */
import * as tf from '@tensorflow/tfjs-core'
import type { LossReport, LossSettings } from '../losses/actor-critic-loss.js'
import { REPORT_SIZE, readLossReport, type TfLoss, tfActorCriticLoss } from '../losses/tf-actor-critic-loss.js'
import type { Distribution } from '../networks/distribution.js'
import type { PolicyNetwork } from '../networks/policy-network.js'
import type { Minibatch } from '../rollout/minibatch.js'

/** Writes the gradient, flat as the parameters, and says what the loss was. Holds no tensor when its promise settles. */
export type AwaitedGradient = (batch: Minibatch, settings: LossSettings, gradient: Float32Array) => Promise<LossReport>

/** @param parameters read anew at every call */
export function tfDeviceGradient(net: PolicyNetwork, distribution: Distribution, parameters: Float32Array): AwaitedGradient {
  const { logStd: logStdSlot, observationSize, layout } = net
  const slots = layout.slots.filter((slot) => slot !== logStdSlot)
  const index = new Map(slots.map(({ name }, i) => [name, i]))

  /** [REPORT_SIZE + parameters] */
  const compute = (batch: Minibatch, settings: LossSettings): tf.Tensor1D => {
    const { rows } = batch
    const kept: tf.Tensor[] = []
    const packed = tf.tidy(() => {
      const x = tf.tensor2d(batch.observations.slice(0, rows * observationSize), [rows, observationSize])
      const logStd = logStdSlot ? tf.tensor1d(parameters.slice(logStdSlot.offset, logStdSlot.offset + logStdSlot.size)) : null
      let loss: TfLoss | undefined
      const lossOf = tf.customGrad((outputs, values, save) => {
        loss = tfActorCriticLoss(distribution, settings, batch, outputs as tf.Tensor2D, logStd, values as tf.Tensor2D)
        kept.push(tf.keep(loss.report), ...(loss.dLogStd ? [tf.keep(loss.dLogStd)] : [])) // the tape's tidy would dispose of them
        ;(save as tf.GradSaveFunc)([loss.dOutputs, loss.dValues])
        return { value: loss.loss as tf.Scalar, gradFunc: (_dy: tf.Tensor, saved: tf.Tensor[]) => saved.map((d) => tf.clone(d)) }
      })
      const gradients = tf.grads((...bound: tf.Tensor[]) => {
        const { outputs, values } = net.tensors(x, bound, batch.sequences ?? null)
        return lossOf(outputs, values)
      })(net.bind(parameters))
      const { report, dLogStd } = loss!
      const bySlot = layout.slots.map((slot) => (slot === logStdSlot ? dLogStd! : gradients[index.get(slot.name)!]!))
      return tf.concat([report, ...bySlot.map((part) => tf.reshape(part, [part.size]))], 0) as tf.Tensor1D
    })
    tf.dispose(kept)
    return packed
  }

  return async (batch, settings, gradient) => {
    const packed = compute(batch, settings)
    try {
      const numbers = (await packed.data()) as Float32Array
      gradient.set(numbers.subarray(REPORT_SIZE))
      return readLossReport(numbers.subarray(0, REPORT_SIZE))
    } finally {
      packed.dispose()
    }
  }
}
