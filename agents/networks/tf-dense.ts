/**
 * A dense layer with TensorFlow.js tensors, differentiable by its tape.
 *
 * It is one operation with a gradient of its own. The stock gradient of a matrix product multiplies with transposed flags, a
 * path that the wasm backend runs ten times slower than the plain product; here the matrices are transposed first. The sum over rows is a
 * product with ones, there four times as fast as the stock sum. The first layer computes no gradient of its input: nobody asks for it.
 *
 * On wasm tanh is 2σ(2z) − 1: its own tanh is a scalar loop, σ is vectorised, and the result differs by 1e-7.
 */
import * as tf from '@tensorflow/tfjs-core'
import type { Activation } from '../../src/kernels/activation.js'
import type { DenseLayer } from './layers.js'

/**
 * @param x [rows, inputs]  @param parameterOf the tensor of a named parameter
 * @param first nothing learnt lies before it: its input gets no gradient
 * @returns [rows, outputs]; the caller disposes of it, or a tidy does
 */
export function tfDense(layer: DenseLayer, x: tf.Tensor2D, parameterOf: (name: string) => tf.Tensor, first: boolean): tf.Tensor2D {
  const w = parameterOf(layer.kernel.name) as tf.Tensor2D
  const b = parameterOf(layer.bias.name) as tf.Tensor1D
  return first ? firstDense(x, w, b, layer.activation) : innerDense(x, w, b, layer.activation)
}

function firstDense(x: tf.Tensor2D, kernel: tf.Tensor2D, bias: tf.Tensor1D, activation: Activation): tf.Tensor2D {
  const op = tf.customGrad((w, b, save) => {
    const y = forward(x, w as tf.Tensor2D, b as tf.Tensor1D, activation)
    ;(save as tf.GradSaveFunc)([x, y])
    return {
      value: y,
      gradFunc: (dy: tf.Tensor, [savedX, savedY]: tf.Tensor[]) => {
        const dz = throughActivation(dy, savedY!, activation)
        return [tf.matMul(tf.transpose(savedX!), dz), sumRows(dz)]
      },
    }
  })
  return op(kernel, bias) as tf.Tensor2D
}

function innerDense(x: tf.Tensor2D, kernel: tf.Tensor2D, bias: tf.Tensor1D, activation: Activation): tf.Tensor2D {
  const op = tf.customGrad((input, w, b, save) => {
    const y = forward(input as tf.Tensor2D, w as tf.Tensor2D, b as tf.Tensor1D, activation)
    ;(save as tf.GradSaveFunc)([input as tf.Tensor, w as tf.Tensor, y])
    return {
      value: y,
      gradFunc: (dy: tf.Tensor, [savedX, savedW, savedY]: tf.Tensor[]) => {
        const dz = throughActivation(dy, savedY!, activation)
        return [tf.matMul(dz, tf.transpose(savedW!)), tf.matMul(tf.transpose(savedX!), dz), sumRows(dz)]
      },
    }
  })
  return op(x, kernel, bias) as tf.Tensor2D
}

function forward(x: tf.Tensor2D, kernel: tf.Tensor2D, bias: tf.Tensor1D, activation: Activation): tf.Tensor2D {
  return tfActivation(tf.fused.matMul({ a: x, b: kernel, bias }) as tf.Tensor2D, activation)
}

export function tfActivation<T extends tf.Tensor>(z: T, activation: Activation): T {
  switch (activation) {
    case 'linear':
      return z
    case 'tanh':
      return tf.getBackend() === 'wasm' ? tf.sub(tf.mul(tf.sigmoid(tf.mul(z, 2)), 2), 1) : tf.tanh(z)
    case 'relu':
      return tf.relu(z)
    case 'elu':
      return tf.elu(z)
  }
}

/** dL/dz from dL/dy, given y. */
export function throughActivation(dy: tf.Tensor, y: tf.Tensor, activation: Activation): tf.Tensor {
  switch (activation) {
    case 'linear':
      return dy
    case 'tanh':
      return tf.mul(dy, tf.sub(1, tf.mul(y, y)))
    case 'relu':
      return tf.mul(dy, tf.step(y))
    case 'elu':
      return tf.mul(dy, tf.add(tf.minimum(y, 0), 1)) // y = eᶻ − 1 below 0
  }
}

/** [rows, n] → [n] */
export const sumRows = (x: tf.Tensor): tf.Tensor => tf.reshape(tf.matMul(tf.ones([1, x.shape[0]!]), x as tf.Tensor2D), [x.shape[1]!])
