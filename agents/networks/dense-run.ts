/**
 * One dense layer as acting runs it: in plain loops, or on the kernels. The kernels read weights in an order of their own, so they are packed when
 * they have changed, and keep a copy in their memory: worth it where a layer has thousands of weights (a 10 × 10 image network acts 5 times as fast).
 */
import type { Activation } from '../../src/kernels/activation.js'
import { dense } from '../../src/kernels/dense.js'
import { ACTIVATION_CODES, type Kernels, packedSize, padded } from '../../src/kernels/kernels.js'

export interface DenseRun {
  /** @param parameters all of them, flat  @param x [rows, inputs]  @param out [rows, outputs], written; another array than `x` */
  run(parameters: Float32Array, x: Float32Array, rows: number, out: Float32Array): void
  /** Says that parameters were changed. */
  changed(): void
}

export interface DensePlace {
  readonly inputs: number
  readonly outputs: number
  readonly activation: Activation
  /** Where kernel and bias begin among the parameters; null: no bias. */
  readonly kernelAt: number
  readonly biasAt: number | null
}

export type DenseMaker = (place: DensePlace) => DenseRun

export const plainDense: DenseMaker = ({ inputs, outputs, activation, kernelAt, biasAt }) => ({
  run(parameters, x, rows, out) {
    if (biasAt !== null) dense(x, rows, inputs, parameters, kernelAt, biasAt, outputs, activation, out)
    else product(x, rows, inputs, parameters, kernelAt, outputs, out)
  },
  changed() {},
})

/** x · kernel, without bias or activation. */
function product(
  x: Float32Array,
  rows: number,
  inputs: number,
  p: Float32Array,
  kernelAt: number,
  outputs: number,
  out: Float32Array,
): void {
  out.fill(0, 0, rows * outputs)
  for (let row = 0; row < rows; row++) {
    for (let k = 0; k < inputs; k++) {
      const value = x[row * inputs + k]!
      const w = kernelAt + k * outputs
      for (let n = 0; n < outputs; n++) out[row * outputs + n] = out[row * outputs + n]! + value * p[w + n]!
    }
  }
}

const TILE = 64 // rows that run at once
const SMALL = 1024 // weights below which plain loops are as fast

/** Small layers still run in plain loops. */
export const kernelDense =
  (kernels: Kernels): DenseMaker =>
  (place) => {
    const { inputs, outputs, activation, kernelAt, biasAt } = place
    if (inputs * outputs < SMALL) return plainDense(place)
    const { memory } = kernels
    const [ldx, ldy] = [padded(inputs), padded(outputs)]
    const at = {
      weights: memory.allocate(inputs * outputs),
      bias: memory.allocate(outputs),
      x: memory.allocate(TILE * ldx),
      y: memory.allocate(TILE * ldy),
    }
    const packed = memory.allocate(packedSize(inputs, outputs))
    const view = (address: number, length: number) => new Float32Array(memory.buffer, address, length)
    const [weights, bias, read, written] = [
      view(at.weights, inputs * outputs),
      view(at.bias, outputs),
      view(at.x, TILE * ldx),
      view(at.y, TILE * ldy),
    ]
    let stale = true

    return {
      run(parameters, x, rows, out) {
        if (stale) {
          weights.set(parameters.subarray(kernelAt, kernelAt + inputs * outputs))
          if (biasAt !== null) bias.set(parameters.subarray(biasAt, biasAt + outputs))
          kernels.pack(at.weights, at.bias, inputs, outputs, packed)
          stale = false
        }
        for (let from = 0; from < rows; from += TILE) {
          const count = Math.min(TILE, rows - from)
          copyRows(x, from * inputs, inputs, read, 0, ldx, count, inputs)
          kernels.forward(count, inputs, outputs, at.x, ldx, packed, at.y, ldy, ACTIVATION_CODES[activation])
          copyRows(written, 0, ldy, out, from * outputs, outputs, count, outputs)
        }
      },
      changed() {
        stale = true
      },
    }
  }

/** `count` rows of `width` numbers, which lie `fromStride` and `toStride` apart. */
function copyRows(
  from: Float32Array,
  fromAt: number,
  fromStride: number,
  to: Float32Array,
  toAt: number,
  toStride: number,
  count: number,
  width: number,
): void {
  if (fromStride === width && toStride === width) {
    to.set(from.subarray(fromAt, fromAt + count * width), toAt)
    return
  }
  for (let row = 0; row < count; row++) {
    for (let i = 0; i < width; i++) to[toAt + row * toStride + i] = from[fromAt + row * fromStride + i]!
  }
}
