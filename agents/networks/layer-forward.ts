/**
 * Layers run forward on the CPU, without tensors: how agents act. Buffers grow to the largest number of rows seen; after that a call allocates
 * nothing. A row's result does not depend on its neighbours.
 *
 * A convolution is a dense layer on patches: every place of the filter becomes a row of size · size · channels numbers.
 */
import { tanh } from '../../src/kernels/tanh.js'
import { type DenseMaker, plainDense } from './dense-run.js'
import { type ConvLayer, type DenseLayer, gatesOf, type Layer, type MemoryLayer } from './layers.js'

/**
 * @param x [rows, inputs of the first layer]
 * @param state [rows, stateSize] before  @param next the same after, written
 * @returns [rows, outputs of the last layer]: its own array, valid until the next call; it may be longer than that
 */
export type LayerForward = (
  parameters: Float32Array,
  x: Float32Array,
  rows: number,
  state: Float32Array,
  next: Float32Array,
) => Float32Array

/**
 * @param stateSize numbers of a row of state, of which the layers use their own
 * @param make how dense layers run, of which all others are made. Default: plain loops
 */
export function layerForward(layers: readonly Layer[], stateSize: number, make: DenseMaker = plainDense): LayerForward {
  const runs = layers.map((layer) => runnerOf(layer, stateSize, make))
  return (parameters, x, rows, state, next) => runs.reduce((input, run) => run(parameters, input, rows, state, next), x)
}

function runnerOf(layer: Layer, stateSize: number, make: DenseMaker): LayerForward {
  switch (layer.kind) {
    case 'dense':
      return denseRunner(layer, make)
    case 'conv':
      return convRunner(layer, make)
    case 'lstm':
      return lstmRunner(layer, stateSize, make)
    case 'gru':
      return gruRunner(layer, stateSize, make)
  }
}

/** An array for at least `length` numbers, the same one as long as it is large enough. */
function growing(): (length: number) => Float32Array {
  let buffer = new Float32Array(0)
  return (length) => {
    if (buffer.length < length) buffer = new Float32Array(length)
    return buffer
  }
}

function denseRunner({ inputs, outputs, kernel, bias, activation }: DenseLayer, make: DenseMaker): LayerForward {
  const layer = make({ inputs, outputs, activation, kernelAt: kernel.offset, biasAt: bias.offset })
  const buffer = growing()
  return (parameters, x, rows) => {
    const out = buffer(rows * outputs)
    layer.run(parameters, x, rows, out)
    return out
  }
}

function convRunner(layer: ConvLayer, make: DenseMaker): LayerForward {
  const { channels, filters, size, outHeight, outWidth, kernel, bias, activation } = layer
  const width = size * size * channels
  const places = outHeight * outWidth
  const filter = make({ inputs: width, outputs: filters, activation, kernelAt: kernel.offset, biasAt: bias.offset })
  const patches = growing()
  const buffer = growing()
  return (parameters, x, rows) => {
    const patch = patches(rows * places * width)
    const out = buffer(rows * places * filters)
    writePatches(layer, x, rows, patch)
    filter.run(parameters, patch, rows * places, out)
    return out
  }
}

/** @param out [rows · places, size · size · channels], written */
function writePatches(
  { height, width, channels, size, stride, outHeight, outWidth }: ConvLayer,
  x: Float32Array,
  rows: number,
  out: Float32Array,
): void {
  const line = size * channels // numbers of a filter's row, which lie side by side in the image too
  let to = 0
  for (let row = 0; row < rows; row++) {
    for (let y = 0; y < outHeight; y++) {
      for (let column = 0; column < outWidth; column++) {
        for (let dy = 0; dy < size; dy++) {
          const from = ((row * height + y * stride + dy) * width + column * stride) * channels
          for (let i = 0; i < line; i++) out[to++] = x[from + i]!
        }
      }
    }
  }
}

/** What the gates and the proposal are before their activations: the part of the input, and apart from it that of the last h. */
function gateRunner({ kind, inputs, units, kernel, recurrent, bias, stateAt }: MemoryLayer, stateSize: number, make: DenseMaker) {
  const width = gatesOf(kind) * units
  const ofInput = make({ inputs, outputs: width, activation: 'linear', kernelAt: kernel.offset, biasAt: bias.offset })
  const ofState = make({ inputs: units, outputs: width, activation: 'linear', kernelAt: recurrent.offset, biasAt: null })
  const buffers = { z: growing(), r: growing(), h: growing() }
  return (parameters: Float32Array, x: Float32Array, rows: number, state: Float32Array) => {
    const z = buffers.z(rows * width)
    const r = buffers.r(rows * width)
    const h = buffers.h(rows * units)
    for (let row = 0; row < rows; row++) {
      for (let k = 0; k < units; k++) h[row * units + k] = state[row * stateSize + stateAt + k]!
    }
    ofInput.run(parameters, x, rows, z)
    ofState.run(parameters, h, rows, r)
    return { z, r, width }
  }
}

function lstmRunner(layer: MemoryLayer, stateSize: number, make: DenseMaker): LayerForward {
  const { units, stateAt } = layer
  const gates = gateRunner(layer, stateSize, make)
  const buffer = growing()
  return (parameters, x, rows, state, next) => {
    const { z, r, width } = gates(parameters, x, rows, state)
    const out = buffer(rows * units)
    for (let row = 0; row < rows; row++) {
      for (let k = 0; k < units; k++) {
        const g = row * width + k
        const c = row * stateSize + stateAt + units + k
        const before = (n: number) => z[g + n * units]! + r[g + n * units]!
        const cell = sigmoid(before(1)) * state[c]! + sigmoid(before(0)) * tanh(before(3))
        const h = sigmoid(before(2)) * tanh(cell)
        next[c] = cell
        next[c - units] = h
        out[row * units + k] = h
      }
    }
    return out
  }
}

function gruRunner(layer: MemoryLayer, stateSize: number, make: DenseMaker): LayerForward {
  const { units, stateAt } = layer
  const gates = gateRunner(layer, stateSize, make)
  const buffer = growing()
  return (parameters, x, rows, state, next) => {
    const { z, r, width } = gates(parameters, x, rows, state)
    const out = buffer(rows * units)
    for (let row = 0; row < rows; row++) {
      for (let k = 0; k < units; k++) {
        const g = row * width + k
        const at = row * stateSize + stateAt + k
        const reset = sigmoid(z[g]! + r[g]!)
        const update = sigmoid(z[g + units]! + r[g + units]!)
        const proposed = tanh(z[g + 2 * units]! + reset * r[g + 2 * units]!)
        const h = proposed + update * (state[at]! - proposed)
        next[at] = h
        out[row * units + k] = h
      }
    }
    return out
  }
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))
