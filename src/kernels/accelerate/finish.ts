/** What follows a product in a fused kernel: its activation, in place. */
import type { NamedAttrMap, TensorInfo } from '@tensorflow/tfjs-core'
import type { Heap } from './heap.js'
import { areAll, sizeOf } from './kernel.js'

/** The codes of src/kernels/assembly/heap-elementwise.ts; prelu is a function of its own. */
const ACTIVATIONS: Readonly<Record<string, number>> = {
  linear: 0,
  prelu: 0,
  tanh: 1,
  relu: 2,
  elu: 3,
  relu6: 4,
  sigmoid: 5,
  leakyrelu: 6,
}

/**
 * @param columns the last dimension of the product
 * @returns null where bias, slopes or activation are for the stock kernel
 */
export function finishing(
  columns: number,
  bias: TensorInfo | undefined,
  slopes: TensorInfo | undefined,
  attrs: NamedAttrMap | undefined,
): ((product: TensorInfo, heap: Heap) => void) | null {
  const activation = (attrs?.['activation'] as string | undefined) ?? 'linear'
  const slope = (attrs?.['leakyreluAlpha'] as number | undefined) ?? 0.2
  const kind = ACTIVATIONS[activation]
  if (kind === undefined || !areAll('float32', bias, slopes) || !onePerColumn(bias, columns)) return null
  if (activation === 'prelu')
    return slopes !== undefined && onePerColumn(slopes, columns)
      ? (out, heap) => heap.kernels.prelu(heap.address(out), sizeOf(out.shape) / columns, columns, heap.address(slopes))
      : null
  return kind === 0 ? () => {} : (out, heap) => heap.kernels.activate(kind, heap.address(out), sizeOf(out.shape), slope, heap.scratch(64))
}

function onePerColumn(tensor: TensorInfo | undefined, columns: number): boolean {
  return tensor === undefined || (tensor.shape.at(-1) === columns && sizeOf(tensor.shape) === columns)
}
