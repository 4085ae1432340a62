/** One accelerated kernel: its name in TensorFlow.js, and how a call is answered. */
import type { DataType, TensorInfo } from '@tensorflow/tfjs-core'
import type { Heap } from './heap.js'
import type { KernelCall, Tf } from './tfjs.js'

export interface AcceleratedKernel {
  readonly name: string
  /** What it is good for, for the report. */
  readonly why: string
  /** The result, or null when this call is for the stock kernel. */
  readonly run: (call: KernelCall, heap: Heap, tf: Tf) => TensorInfo | null
}

/** Whether all are of that type; an input that is not given does not count. */
export function areAll(dtype: DataType, ...tensors: readonly (TensorInfo | undefined)[]): boolean {
  return tensors.every((tensor) => tensor === undefined || tensor.dtype === dtype)
}

export const sizeOf = (shape: readonly number[]): number => shape.reduce((size, n) => size * n, 1)
