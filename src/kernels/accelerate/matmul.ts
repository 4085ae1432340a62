/**
 * BatchMatMul and _FusedMatMul: every orientation, batches and broadcasting. The gradient of a matMul is two products with a transposed
 * factor, for which the stock kernels are ten times slower than for the plain one.
 */
import type { NamedAttrMap, TensorInfo } from '@tensorflow/tfjs-core'
import { finishing } from './finish.js'
import type { Heap } from './heap.js'
import { type AcceleratedKernel, areAll, sizeOf } from './kernel.js'

export const batchMatMul: AcceleratedKernel = {
  name: 'BatchMatMul',
  why: 'products with a transposed factor, so the gradients of dense layers',
  run({ inputs, attrs }, heap) {
    const { a, b } = inputs as { a: TensorInfo; b: TensorInfo }
    return product(a, b, undefined, attrs, heap)
  },
}

export const fusedMatMul: AcceleratedKernel = {
  name: '_FusedMatMul',
  why: 'the same with bias and activation: dense layers',
  run({ inputs, attrs }, heap) {
    const { a, b, bias, preluActivationWeights: slopes } = inputs as Record<'a' | 'b', TensorInfo> & Record<string, TensorInfo | undefined>
    const finish = finishing(outerB(b, attrs), bias, slopes, attrs)
    const out = finish && product(a, b, bias, attrs, heap)
    if (out) finish(out, heap)
    return out
  },
}

function outerB(b: TensorInfo, attrs: NamedAttrMap | undefined): number {
  return b.shape.at(attrs?.['transposeB'] ? -2 : -1) ?? 0
}

/** Up to here packing b costs more than it saves. */
const FEW_ROWS = 4

/** a · b + bias; null when the stock kernel should answer (or refuse). */
function product(
  a: TensorInfo,
  b: TensorInfo,
  bias: TensorInfo | undefined,
  attrs: NamedAttrMap | undefined,
  heap: Heap,
): TensorInfo | null {
  if (a.shape.length < 2 || b.shape.length < 2 || !areAll('float32', a, b)) return null
  const [transposeA, transposeB] = [Boolean(attrs?.['transposeA']), Boolean(attrs?.['transposeB'])]
  const [aRows, aColumns] = a.shape.slice(-2) as [number, number]
  const [bRows, bColumns] = b.shape.slice(-2) as [number, number]
  const rows = transposeA ? aColumns : aRows
  const depth = transposeA ? aRows : aColumns
  const columns = transposeB ? bRows : bColumns
  const outer = broadcast(a.shape.slice(0, -2), b.shape.slice(0, -2))
  if (outer === null || depth !== (transposeB ? bColumns : bRows)) return null
  const shape = [...outer.shape, rows, columns]
  if (sizeOf(shape) * depth === 0) return null

  const { kernels } = heap
  const few = rows <= FEW_ROWS && outer.pairs.length === 1 && !transposeB && (!transposeA || rows === 1)
  const packedBytes = few ? 0 : kernels.packedBytes(columns, depth)
  const scratch = heap.scratch(few ? 64 : kernels.gemmScratch(columns) + packedBytes + 64) // before the output: it may fail
  const out = heap.output(shape)
  const [aAt, bAt, outAt, biasAt] = [heap.address(a), heap.address(b), heap.address(out), bias === undefined ? 0 : heap.address(bias)]
  if (few) {
    kernels.gemmFewRows(rows, columns, depth, aAt, bAt, outAt, biasAt)
    return out
  }
  const packed = scratch
  const rest = scratch + Math.ceil(packedBytes / 64) * 64
  // with one b for all, the batches of an a that is not transposed are rows below each other
  const joined = !transposeA && sizeOf(b.shape) === bRows * bColumns
  const height = joined ? rows * outer.pairs.length : rows
  const pairs = joined ? [[0, 0] as const] : outer.pairs
  let packedFrom = -1
  pairs.forEach(([ai, bi], i) => {
    if (bi !== packedFrom)
      kernels.packB(bAt + 4 * bi * bRows * bColumns, transposeB ? 1 : bColumns, transposeB ? bColumns : 1, depth, columns, packed)
    packedFrom = bi
    const from = aAt + 4 * ai * aRows * aColumns
    const to = outAt + 4 * i * rows * columns
    kernels.gemm(height, columns, depth, from, transposeA ? 1 : aColumns, transposeA ? aColumns : 1, packed, to, biasAt, rest)
  })
  return out
}

/** The outer dimensions of the result, and which matrix of a meets which of b, in order; null when they do not fit. */
function broadcast(
  a: readonly number[],
  b: readonly number[],
): { readonly shape: number[]; readonly pairs: readonly (readonly [number, number])[] } | null {
  const rank = Math.max(a.length, b.length)
  const padded = (shape: readonly number[]) => [...Array<number>(rank - shape.length).fill(1), ...shape]
  const [left, right] = [padded(a), padded(b)]
  let pairs: [number, number][] = [[0, 0]]
  const shape: number[] = []
  for (let d = 0; d < rank; d++) {
    const [m, n] = [left[d]!, right[d]!]
    if (m !== n && m !== 1 && n !== 1) return null
    const size = m === 1 ? n : m
    shape.push(size)
    pairs = pairs.flatMap(([i, j]) =>
      Array.from({ length: size }, (_, k): [number, number] => [i * m + (m === 1 ? 0 : k), j * n + (n === 1 ? 0 : k)]),
    )
  }
  return { shape, pairs }
}
