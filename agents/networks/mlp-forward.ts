/** A perceptron's forward pass on the CPU, without tensors: how agents act. */
import { dense } from '../../src/kernels/dense.js'
import type { DenseLayer } from './actor-critic.js'

/**
 * @param parameters all parameters, flat  @param x [rows, inputs]
 * @returns [rows, outputs]: its own array, valid until the next call; it may be longer than that
 */
export type MlpForward = (parameters: Float32Array, x: Float32Array, rows: number) => Float32Array

/** Buffers grow to the largest number of rows seen; after that a call allocates nothing. */
export function mlpForward(layers: readonly DenseLayer[]): MlpForward {
  let capacity = 0
  let buffers: Float32Array[] = []
  return (parameters, x, rows) => {
    if (rows > capacity) {
      capacity = rows
      buffers = layers.map(({ outputs }) => new Float32Array(rows * outputs))
    }
    let input = x
    for (let i = 0; i < layers.length; i++) {
      const { inputs, outputs, kernel, bias, activation } = layers[i]!
      const output = buffers[i]!
      dense(input, rows, inputs, parameters, kernel.offset, bias.offset, outputs, activation, output)
      input = output
    }
    return input
  }
}
