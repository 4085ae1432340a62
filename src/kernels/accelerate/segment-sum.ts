/** UnsortedSegmentSum: the gradient of gather, so what embeddings train with. */
import type { TensorInfo } from '@tensorflow/tfjs-core'
import { type AcceleratedKernel, areAll, sizeOf } from './kernel.js'

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
