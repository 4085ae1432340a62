/**
 * Our kernels on the memory of a TensorFlow.js wasm backend: instantiated there, they read and write tensors in place, without copies.
 *
 * One scratch area serves all kernels, since one runs at a time. When the heap is full, malloc answers 0, and stock TensorFlow.js goes on
 * and writes over whatever lies there: while a heap is in use, malloc throws instead.
 */
import type { DataType, TensorInfo } from '@tensorflow/tfjs-core'
import { RunError } from '../../core/errors.js'
import { memoryOf, type WasmBackend } from './tfjs.js'

/** What src/kernels/assembly/heap.ts exports; addresses in bytes, sizes in elements, see there. */
export interface HeapKernels {
  gemmScratch(columns: number): number
  packedBytes(columns: number, depth: number): number
  packB(b: number, rowStride: number, columnStride: number, depth: number, columns: number, out: number): void
  gemm(
    rows: number,
    columns: number,
    depth: number,
    a: number,
    rowStride: number,
    columnStride: number,
    packed: number,
    c: number,
    bias: number,
    scratch: number,
  ): void
  gemmFewRows(rows: number, columns: number, depth: number, a: number, b: number, c: number, bias: number): void
  convScratch(filterHeight: number, filterWidth: number, channels: number, outChannels: number): number
  convolution(x: number, filter: number, bias: number, y: number, ...geometryAndScratch: number[]): void
  convFilterGradient(x: number, dy: number, out: number, ...geometryAndScratch: number[]): void
  convInputGradient(dy: number, filter: number, dx: number, ...geometryAndScratch: number[]): void
  depthwiseFilterGradient(x: number, dy: number, out: number, ...geometry: number[]): void
  depthwiseInputGradient(dy: number, filter: number, dx: number, ...geometry: number[]): void
  maxPoolGradient(x: number, dy: number, dx: number, ...geometry: number[]): void
  tanh(x: number, out: number, count: number, pad: number): void
  activate(kind: number, x: number, count: number, slope: number, pad: number): void
  prelu(x: number, rows: number, columns: number, slopes: number): void
  sumRows(x: number, rows: number, columns: number, out: number): void
  sumColumns(x: number, rows: number, columns: number, out: number): void
  sqrt(x: number, out: number, count: number): void
  /** @returns 0 when a row does not exist */
  gather(x: number, ids: number, outer: number, rows: number, inner: number, count: number, out: number): number
  segmentSum(x: number, ids: number, rows: number, columns: number, segments: number, out: number): void
  /** As this build computes a · b + c. */
  multiplyAdd(a: number, b: number, c: number): number
}

export interface Heap {
  readonly kernels: HeapKernels
  /** Where a tensor's elements lie. */
  address(tensor: TensorInfo): number
  /** The same elements once more, as stock reshapes do: nothing is copied. */
  share(tensor: TensorInfo): TensorInfo
  /** A new tensor, not filled; float32 unless said otherwise. */
  output(shape: readonly number[], dtype?: DataType): TensorInfo
  /** Gives up an output that is of no use. */
  discard(output: TensorInfo): void
  /** An area until the next call, at a multiple of 64. Before `output`, which nobody would dispose of. @throws RunError when the heap is full */
  scratch(bytes: number): number
  /** Gives the scratch area and malloc back. */
  release(): void
}

const KEPT = 8 * 2 ** 20 // bytes of scratch that stay allocated between calls

/** @param module the compiled heap.ts */
export function heapOf(backend: WasmBackend, module: WebAssembly.Module): Heap {
  const { wasm } = backend
  const kernels = new WebAssembly.Instance(module, { env: { memory: memoryOf(wasm)! } }).exports as unknown as HeapKernels
  wasm._free(wasm._malloc(16)) // the first call replaces the property by the function itself
  const malloc = wasm._malloc
  const guarded = (bytes: number): number => {
    const address = malloc(bytes)
    if (address === 0 && bytes > 0) throw full(wasm, bytes)
    return address
  }
  wasm._malloc = guarded

  let area = 0
  let size = 0
  const free = (): void => {
    if (area !== 0) wasm._free(area)
    area = 0
    size = 0
  }
  return {
    kernels,
    address: ({ dataId }) => backend.dataIdMap.get(dataId).memoryOffset,
    share({ dataId, shape, dtype }) {
      backend.incRef(dataId)
      return { dataId, shape, dtype }
    },
    output: (shape, dtype = 'float32') => backend.makeOutput([...shape], dtype),
    discard: ({ dataId }) => void backend.disposeData(dataId),
    scratch(bytes) {
      if (bytes > size || size > KEPT) {
        free()
        area = guarded(bytes + 64) >>> 0
        size = bytes
      }
      return Math.ceil(area / 64) * 64
    },
    release() {
      free()
      if (wasm._malloc === guarded) wasm._malloc = malloc
    },
  }
}

function full(wasm: WasmBackend['wasm'], bytes: number): RunError {
  const mebi = (n: number) => `${(n / 2 ** 20).toFixed(1)} MiB`
  return new RunError(
    `TensorFlow.js wasm: no room for ${mebi(bytes)} on a heap of ${mebi(memoryOf(wasm)!.buffer.byteLength)} (at most 4096 MiB). ` +
      'Dispose of tensors (tf.tidy; tf.memory() counts them) or use smaller batches. No tensor was changed.',
  )
}
