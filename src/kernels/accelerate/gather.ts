/** GatherV2 and UnsortedSegmentSum, its gradient: what embeddings compute and train with. */
import type { TensorInfo } from '@tensorflow/tfjs-core'
import { type AcceleratedKernel, areAll, sizeOf } from './kernel.js'

export const gather: AcceleratedKernel = {
  name: 'GatherV2',
  why: 'whole rows at a time',
  run({ inputs, attrs }, heap, tf) {
    const { x, indices } = inputs as { x: TensorInfo; indices: TensorInfo }
    const { axis, batchDims } = attrs as unknown as { axis: number; batchDims?: number }
    if (batchDims || !(areAll('float32', x) || areAll('int32', x)) || !areAll('int32', indices)) return null
    const at = tf.util.parseAxisParam(axis, x.shape)[0]!
    const [before, rows, after] = [x.shape.slice(0, at), x.shape[at]!, x.shape.slice(at + 1)]
    const out = heap.output([...before, ...indices.shape, ...after], x.dtype)
    const [from, ids, to] = [heap.address(x), heap.address(indices), heap.address(out)]
    if (heap.kernels.gather(from, ids, sizeOf(before), rows, sizeOf(after), sizeOf(indices.shape), to) === 1) return out
    heap.discard(out)
    return null // the stock kernel says which row does not exist
  },
}

export const unsortedSegmentSum: AcceleratedKernel = {
  name: 'UnsortedSegmentSum',
  why: 'the gradient of gather: without it no embedding trains on wasm',
  run({ inputs, attrs }, heap) {
    const { x, segmentIds } = inputs as { x: TensorInfo; segmentIds: TensorInfo }
    const { numSegments } = attrs as unknown as { numSegments: number }
    if (!areAll('float32', x) || !areAll('int32', segmentIds)) return null
    const rows = sizeOf(segmentIds.shape)
    const inner = x.shape.slice(segmentIds.shape.length)
    const out = heap.output([numSegments, ...inner])
    heap.kernels.segmentSum(heap.address(x), heap.address(segmentIds), rows, sizeOf(inner), numSegments, heap.address(out))
    return out
  },
}
