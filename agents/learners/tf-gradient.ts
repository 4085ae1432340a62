/**
 * The gradient of a minibatch by TensorFlow.js.
 *
 * Tensors of the parameters are made for one minibatch step and gone after it. The networks run forward as tensors, the loss is computed
 * in plain float64 on what they put out (losses/), and its gradient goes back through the tape. What a step reads back it reads at once
 * (`dataSync`): right for backends in the CPU's memory; tf-device-gradient.ts is for the others.
 */
import * as tf from '@tensorflow/tfjs-core'
import { actorCriticLoss, type LossReport, type LossSettings } from '../losses/actor-critic-loss.js'
import type { Distribution } from '../networks/distribution.js'
import type { PolicyNetwork } from '../networks/policy-network.js'
import type { Minibatch } from '../rollout/minibatch.js'

/** Writes the gradient, flat as the parameters, and says what the loss was. Holds no tensor when it returns. */
export type MinibatchGradient = (batch: Minibatch, settings: LossSettings, gradient: Float32Array) => LossReport

/** @param parameters read anew at every call */
export function tfGradient(net: PolicyNetwork, distribution: Distribution, parameters: Float32Array): MinibatchGradient {
  const { outputSize } = distribution
  const { logStd: logStdSlot, observationSize } = net
  const logStd = logStdSlot ? parameters.subarray(logStdSlot.offset, logStdSlot.offset + logStdSlot.size) : new Float32Array(0)
  const slots = net.layout.slots.filter((slot) => slot !== logStdSlot)
  const loss = actorCriticLoss(distribution)

  return (batch, settings, gradient) => {
    const { rows } = batch
    let report: LossReport | undefined

    /** The loss as one operation on the tape: its gradient is known as soon as its value is. */
    const lossOf = tf.customGrad((outputs, values) => {
      report = loss.compute(settings, batch, floats(outputs as tf.Tensor), logStd, floats(values as tf.Tensor))
      return {
        value: tf.scalar(report.loss),
        gradFunc: () => [
          tf.tensor2d(Float32Array.from(loss.dOutputs.subarray(0, rows * outputSize)), [rows, outputSize]),
          tf.tensor2d(Float32Array.from(loss.dValues.subarray(0, rows)), [rows, 1]),
        ],
      }
    })

    tf.tidy(() => {
      const x = tf.tensor2d(batch.observations.subarray(0, rows * observationSize), [rows, observationSize])
      const gradients = tf.grads((...bound: tf.Tensor[]) => {
        const { outputs, values } = net.tensors(x, bound, batch.sequences ?? null)
        return lossOf(outputs, values)
      })(net.bind(parameters))
      for (let i = 0; i < slots.length; i++) gradient.set(floats(gradients[i]!), slots[i]!.offset)
    })
    if (logStdSlot) gradient.set(loss.dLogStd, logStdSlot.offset)
    return report!
  }
}

const floats = (tensor: tf.Tensor): Float32Array => tensor.dataSync() as Float32Array
