/**
 * One perceptron on the kernels, forward and backward, a tile of rows at a time.
 *
 * Key idea: the activations of 64 rows stay in the processor's nearest cache from the first layer to the last and back. A network owns its
 * packed weights and activations and touches its own part of the flat arrays only, so two of them may run on two threads.
 */
import { ACTIVATION_CODES, type Kernels, packedSize, packedTransposedSize, padded } from '../../src/kernels/kernels.js'
import type { DenseLayer } from '../networks/layers.js'

/** Rows that run through a network at once, at most. */
export const TILE = 64

export interface FusedNetwork {
  /** Address of the rows to read, [TILE, ldInput]: written by the caller, the padding left alone. */
  readonly input: number
  readonly ldInput: number
  /** Address of what the network puts out, [TILE, ldOutput]; before `backward` the caller writes the loss's gradient in its place. */
  readonly output: number
  readonly ldOutput: number
  readonly outputs: number
  /** Reads the weights as they are now. @param backward also for `backward` */
  pack(backward: boolean): void
  /** From input to output. @param rows at most TILE */
  forward(rows: number): void
  /** Adds to the gradient what the rows of the last `forward` bring, from dL/d output. */
  backward(rows: number): void
}

/**
 * @param parameters address of all parameters, flat
 * @param gradient address of their gradient; null for a network that only acts
 */
export function fusedNetwork(kernels: Kernels, layers: readonly DenseLayer[], parameters: number, gradient: number | null): FusedNetwork {
  const { memory } = kernels
  const ldInput = padded(layers[0]!.inputs)
  const input = memory.allocate(TILE * ldInput)
  let x = input
  const steps = layers.map(({ inputs, outputs, activation, kernel, bias }, i) => {
    const y = memory.allocate(TILE * padded(outputs))
    const backwards = gradient === null ? null : gradientPlaces(gradient, kernel.offset, bias.offset)
    const step = {
      inputs,
      outputs,
      activation: ACTIVATION_CODES[activation],
      before: i === 0 ? ACTIVATION_CODES.linear : ACTIVATION_CODES[layers[i - 1]!.activation], // of what the layer reads
      weights: parameters + 4 * kernel.offset,
      bias: parameters + 4 * bias.offset,
      packed: memory.allocate(packedSize(inputs, outputs)),
      packedTransposed: backwards && i > 0 ? memory.allocate(packedTransposedSize(inputs, outputs)) : 0,
      x,
      ldx: padded(inputs),
      y,
      ldy: padded(outputs),
      dx: backwards && i > 0 ? memory.allocate(TILE * padded(inputs)) : 0,
      ...backwards,
    }
    x = y
    return step
  })
  const last = steps.at(-1)!

  return {
    input,
    ldInput,
    output: last.y,
    ldOutput: last.ldy,
    outputs: last.outputs,

    pack(backward) {
      for (let i = 0; i < steps.length; i++) {
        const { weights, bias, inputs, outputs, packed, packedTransposed } = steps[i]!
        kernels.pack(weights, bias, inputs, outputs, packed)
        if (backward && i > 0) kernels.packTransposed(weights, inputs, outputs, packedTransposed)
      }
    },

    forward(rows) {
      for (let i = 0; i < steps.length; i++) {
        const s = steps[i]!
        kernels.forward(rows, s.inputs, s.outputs, s.x, s.ldx, s.packed, s.y, s.ldy, s.activation)
      }
    },

    backward(rows) {
      let dy = last.y
      for (let i = steps.length - 1; i >= 0; i--) {
        const s = steps[i]!
        kernels.backwardWeights(rows, s.inputs, s.outputs, s.x, s.ldx, dy, s.ldy, s.dWeights!, s.dBias!)
        if (i === 0) break
        kernels.backwardInput(rows, s.inputs, s.outputs, dy, s.ldy, s.packedTransposed, s.dx, s.ldx, s.before, s.x)
        dy = s.dx
      }
    },
  }
}

const gradientPlaces = (gradient: number, kernel: number, bias: number) => ({ dWeights: gradient + 4 * kernel, dBias: gradient + 4 * bias })
