/**
 * Layers run forward with TensorFlow.js tensors, differentiable by its tape.
 *
 * A convolution with its bias and activation is one operation with a gradient of its own, like a dense layer (tf-dense.ts): the sum over all
 * places is a product with ones, and the first one computes no gradient of the image. A memory runs over whole sequences (tf-memory.ts).
 */
import * as tf from '@tensorflow/tfjs-core'
import type { Sequences } from '../rollout/minibatch.js'
import { type ConvLayer, gatesOf, type Layer, type MemoryLayer } from './layers.js'
import { sumRows, tfActivation, tfDense, throughActivation } from './tf-dense.js'
import { gruSteps, lstmSteps, type Steps } from './tf-memory.js'

export type ParameterOf = (name: string) => tf.Tensor

/** Sequences as tensors: the steps of all memories of a network, and the state that they began with. */
export interface TensorSequences extends Steps {
  /** [count, stateSize] */
  readonly state: tf.Tensor2D
}

/**
 * @param x [rows, inputs of the first layer]
 * @param learnt whether something that learns lies before: its gradient is then computed
 * @returns [rows, outputs of the last layer]
 */
export function tfLayers(
  layers: readonly Layer[],
  x: tf.Tensor2D,
  parameterOf: ParameterOf,
  sequences: TensorSequences | null,
  learnt = false,
): tf.Tensor2D {
  return layers.reduce((input, layer, i) => {
    const first = i === 0 && !learnt
    switch (layer.kind) {
      case 'dense':
        return tfDense(layer, input, parameterOf, first)
      case 'conv':
        return convolve(layer, input, parameterOf, first)
      default:
        return remember(layer, input, parameterOf, sequences!, first)
    }
  }, x)
}

/** @returns null where there are none. To be called within a tidy. */
export function tensorSequences(sequences: Sequences | null): TensorSequences | null {
  if (sequences === null) return null
  const { steps, count, state, begins } = sequences
  const stateSize = state.length / count
  const goesOn = Array.from({ length: steps }, (_, t) => {
    const row = begins.subarray(t * count, (t + 1) * count)
    return row.includes(1)
      ? tf.tensor2d(
          Float32Array.from(row, (begun) => 1 - begun),
          [count, 1],
        )
      : null
  })
  return { steps, count, goesOn, state: tf.tensor2d(state, [count, stateSize]) }
}

function remember(layer: MemoryLayer, x: tf.Tensor2D, parameterOf: ParameterOf, sequences: TensorSequences, first: boolean): tf.Tensor2D {
  const { kind, units, inputs, kernel, bias, recurrent, stateAt } = layer
  const gates = { kind: 'dense' as const, inputs, outputs: gatesOf(kind) * units, activation: 'linear' as const, kernel, bias, gain: 1 }
  const z = tfDense(gates, x, parameterOf, first)
  const r = parameterOf(recurrent.name) as tf.Tensor2D
  const part = (i: number) => tf.slice(sequences.state, [0, stateAt + i * units], [sequences.count, units])
  return kind === 'lstm' ? lstmSteps(z, r, part(0), part(1), sequences) : gruSteps(z, r, part(0), sequences)
}

function convolve(layer: ConvLayer, x: tf.Tensor2D, parameterOf: ParameterOf, first: boolean): tf.Tensor2D {
  const { height, width, channels, filters, outHeight, outWidth, activation, kernel, bias } = layer
  const rows = x.shape[0]
  const image = tf.reshape(x, [rows, height, width, channels]) as tf.Tensor4D
  const w = parameterOf(kernel.name) as tf.Tensor4D
  const b = parameterOf(bias.name) as tf.Tensor1D
  const op = tf.customGrad((...args: unknown[]) => {
    const [input, filter, offset] = (first ? [image, ...args] : args) as [tf.Tensor4D, tf.Tensor4D, tf.Tensor1D]
    const y = forward(layer, input, filter, offset)
    ;(args.at(-1) as tf.GradSaveFunc)([input, filter, y])
    return {
      value: y,
      gradFunc: (dy: tf.Tensor, [savedX, savedW, savedY]: tf.Tensor[]) => {
        const dz = throughActivation(dy, savedY!, activation)
        const image4 = tf.reshape(dz, [rows, outHeight, outWidth, filters]) as tf.Tensor4D
        const ofFilter = filterGradient(layer, savedX as tf.Tensor4D, image4)
        const ofBias = sumRows(tf.reshape(dz, [rows * outHeight * outWidth, filters]))
        return first ? [ofFilter, ofBias] : [inputGradient(layer, image4, savedW as tf.Tensor4D, rows), ofFilter, ofBias]
      },
    }
  })
  return (first ? op(w, b) : op(image, w, b)) as tf.Tensor2D
}

function forward(
  { stride, outHeight, outWidth, filters, activation }: ConvLayer,
  x: tf.Tensor4D,
  filter: tf.Tensor4D,
  bias: tf.Tensor1D,
): tf.Tensor2D {
  const fused = activation === 'relu' ? ({ activation: 'relu' } as const) : {}
  const y = tf.fused.conv2d({ x, filter, bias, strides: stride, pad: 'valid', ...fused })
  const rows = tf.reshape(y, [x.shape[0], outHeight * outWidth * filters]) as tf.Tensor2D
  return activation === 'relu' ? rows : tfActivation(rows, activation)
}

const attributes = ({ stride }: ConvLayer) => ({ strides: [stride, stride], pad: 'valid', dataFormat: 'NHWC' })

function filterGradient(layer: ConvLayer, x: tf.Tensor4D, dy: tf.Tensor4D): tf.Tensor {
  const filterShape = [layer.size, layer.size, layer.channels, layer.filters]
  return tf.engine().runKernel('Conv2DBackpropFilter', { x, dy }, { ...attributes(layer), filterShape }) as tf.Tensor
}

function inputGradient(layer: ConvLayer, dy: tf.Tensor4D, filter: tf.Tensor4D, rows: number): tf.Tensor {
  const inputShape = [rows, layer.height, layer.width, layer.channels]
  return tf.engine().runKernel('Conv2DBackpropInput', { dy, filter }, { ...attributes(layer), inputShape }) as tf.Tensor
}
