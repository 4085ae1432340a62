/**
 * Tanh and Sqrt, which the stock kernels compute number by number; Sum over the first or the last axes; and Identity, which every gradient calls
 * dozens of times (each tensor that the tape keeps is a clone) and the stock kernel answers with a copy.
 */
import type { TensorInfo } from '@tensorflow/tfjs-core'
import type { Heap } from './heap.js'
import { type AcceleratedKernel, areAll, sizeOf } from './kernel.js'

export const tanh: AcceleratedKernel = {
  name: 'Tanh',
  why: 'four numbers at a time',
  run({ inputs }, heap) {
    const { x } = inputs as { x: TensorInfo }
    const count = sizeOf(x.shape)
    if (!areAll('float32', x) || count === 0) return null
    const pad = heap.scratch(64)
    const out = heap.output(x.shape)
    heap.kernels.tanh(heap.address(x), heap.address(out), count, pad)
    return out
  },
}

export const sqrt: AcceleratedKernel = {
  name: 'Sqrt',
  why: 'four numbers at a time; half of the time of an Adam step',
  run({ inputs }, heap) {
    const { x } = inputs as { x: TensorInfo }
    if (!areAll('float32', x)) return null
    const out = heap.output(x.shape)
    heap.kernels.sqrt(heap.address(x), heap.address(out), sizeOf(x.shape))
    return out
  },
}

export const sum: AcceleratedKernel = {
  name: 'Sum',
  why: 'over the first axes (gradients of biases) or the last ones',
  run({ inputs, attrs }, heap, tf) {
    const { x } = inputs as { x: TensorInfo }
    const { axis, keepDims } = attrs as { axis?: number | number[] | null; keepDims?: boolean }
    if (!areAll('float32', x) || sizeOf(x.shape) === 0) return null
    const rank = x.shape.length
    const axes = tf.util.parseAxisParam(axis ?? x.shape.map((_, i) => i), x.shape).toSorted((i, j) => i - j)
    const first = axes.every((at, i) => at === i)
    const last = axes.every((at, i) => at === rank - axes.length + i)
    if (axes.length === 0 || !(first || last)) return null

    const summed = sizeOf(axes.map((at) => x.shape[at]!))
    const kept = sizeOf(x.shape) / summed
    const out = heap.output(x.shape.flatMap((n, at) => (axes.includes(at) ? (keepDims ? [1] : []) : [n])))
    if (last) heap.kernels.sumColumns(heap.address(x), kept, summed, heap.address(out))
    else heap.kernels.sumRows(heap.address(x), summed, kept, heap.address(out))
    return out
  },
}

export const identity: AcceleratedKernel = {
  name: 'Identity',
  why: 'clones share their elements, as on the cpu backend',
  run: ({ inputs }, heap) => shared(inputs['x']!, heap),
}

export const cast: AcceleratedKernel = {
  name: 'Cast',
  why: 'a cast to the same type is a clone',
  run({ inputs, attrs }, heap) {
    const x = inputs['x']!
    return attrs?.['dtype'] === x.dtype ? shared(x, heap) : null
  },
}

const shared = (x: TensorInfo, heap: Heap): TensorInfo | null => (x.dtype === 'string' ? null : heap.share(x))
