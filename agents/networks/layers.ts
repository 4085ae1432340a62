/**
 * The layers that standard networks are made of: dense ones, convolutions over images, and memories that carry numbers from step to step. Data
 * only; the arithmetic is elsewhere (layer-forward.ts and fused kernels on the CPU, tf-layers.ts with tensors).
 */
import type { Activation } from '../../src/kernels/activation.js'
import type { ParameterSlot } from '../../src/optim/layout.js'

export interface DenseLayer {
  readonly kind: 'dense'
  readonly inputs: number
  readonly outputs: number
  readonly activation: Activation
  /** [inputs, outputs] */
  readonly kernel: ParameterSlot
  /** [outputs] */
  readonly bias: ParameterSlot
  /** Scale of the orthogonal initial kernel. */
  readonly gain: number
}

/** A square filter moved over an image without padding, channels last. */
export interface ConvLayer {
  readonly kind: 'conv'
  /** Of the image that comes in: [height, width, channels]. */
  readonly height: number
  readonly width: number
  readonly channels: number
  readonly filters: number
  /** Side of a filter, and how far it moves at once, cells. */
  readonly size: number
  readonly stride: number
  /** Of the image that goes out: [outHeight, outWidth, filters]. */
  readonly outHeight: number
  readonly outWidth: number
  readonly activation: Activation
  /** [size, size, channels, filters] */
  readonly kernel: ParameterSlot
  /** [filters] */
  readonly bias: ParameterSlot
  readonly gain: number
}

/**
 * LSTM (Hochreiter & Schmidhuber 1997, with forget gates): gates in, forget, out, and what is proposed, in this order; state [h, c].
 * GRU (Cho et al. 2014, with the reset gate after the product, as PyTorch has it, and without a bias of its own there): gates reset, update,
 * and what is proposed; state [h].
 */
export interface MemoryLayer {
  readonly kind: 'lstm' | 'gru'
  readonly inputs: number
  readonly units: number
  /** [inputs, gates · units] */
  readonly kernel: ParameterSlot
  /** [units, gates · units] */
  readonly recurrent: ParameterSlot
  /** [gates · units] */
  readonly bias: ParameterSlot
  /** Where its numbers begin in the state of an environment. */
  readonly stateAt: number
}

export type Layer = DenseLayer | ConvLayer | MemoryLayer

/** A layer whose parameters have no place yet. */
export type LayerPlan = { readonly name: string } & (
  | Omit<DenseLayer, 'kernel' | 'bias'>
  | Omit<ConvLayer, 'kernel' | 'bias'>
  | Omit<MemoryLayer, 'kernel' | 'bias' | 'recurrent' | 'stateAt'>
)

/** Gates of a kind of memory: columns of its kernels per unit. */
export const gatesOf = (kind: MemoryLayer['kind']): number => (kind === 'lstm' ? 4 : 3)

/** Numbers of state per unit. */
export const statesOf = (kind: MemoryLayer['kind']): number => (kind === 'lstm' ? 2 : 1)

/** Numbers of a row that a layer puts out. */
export function outputsOf(layer: LayerPlan): number {
  switch (layer.kind) {
    case 'dense':
      return layer.outputs
    case 'conv':
      return layer.outHeight * layer.outWidth * layer.filters
    default:
      return layer.units
  }
}
