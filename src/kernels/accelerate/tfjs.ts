/**
 * The parts of TensorFlow.js that acceleration stands on: public functions, and the layout of the wasm backend, which nobody promises.
 *
 * The layout is tested before it is used (`layoutProblem`): another version, a threaded or a foreign backend is left alone.
 */
import type { backend_util, KernelConfig, NamedAttrMap, NamedTensorInfoMap, TensorInfo, util } from '@tensorflow/tfjs-core'

/** What is used of `tf`: the whole of `@tensorflow/tfjs-core` or `@tensorflow/tfjs` fits. */
export interface Tf {
  readonly version_core: string
  readonly backend_util: Pick<typeof backend_util, 'computeConv2DInfo' | 'computePool2DInfo' | 'convertConv2DDataFormat'>
  readonly util: Pick<typeof util, 'sizeFromShape' | 'parseAxisParam'>
  getBackend(): string
  backend(): unknown
  getKernel(name: string, backend: string): KernelConfig | undefined
  registerKernel(config: KernelConfig): void
  unregisterKernel(name: string, backend: string): void
}

/** The wasm backend's insides, as 4.22 has them. */
export interface WasmBackend {
  readonly wasm: WasmModule
  readonly dataIdMap: { get(dataId: object): { readonly memoryOffset: number } }
  makeOutput(shape: readonly number[], dtype: string): TensorInfo
  disposeData(dataId: object): boolean
  /** One more tensor holds these elements. */
  incRef(dataId: object): void
}

export interface WasmModule {
  _malloc(bytes: number): number
  _free(address: number): void
  readonly asm: Readonly<Record<string, unknown>>
}

/** The arguments of a kernel. */
export interface KernelCall {
  readonly inputs: NamedTensorInfoMap
  readonly backend: unknown
  readonly attrs: NamedAttrMap | undefined
}

const VERSION = /^4\.22\./

/** Why this TensorFlow.js cannot be accelerated, for people; null when it can. */
export function versionProblem(tf: Tf): string | null {
  if (!VERSION.test(tf.version_core))
    return `made for TensorFlow.js 4.22, this is ${tf.version_core}: npm install @tensorflow/tfjs-core@4.22.0`
  if (tf.getBackend() !== 'wasm') return `the active backend is ${tf.getBackend() || 'none'}: await tf.setBackend('wasm') first`
  return null
}

/** What of the backend is not as expected; null when it is. Writes nothing. */
export function layoutProblem(backend: unknown): string | null {
  const { wasm, dataIdMap, makeOutput, disposeData, incRef } = backend as Partial<WasmBackend>
  if (typeof wasm?._malloc !== 'function' || typeof wasm._free !== 'function') return 'its backend has no wasm._malloc and wasm._free'
  if (![makeOutput, disposeData, incRef].every((method) => typeof method === 'function'))
    return 'its backend has no makeOutput, disposeData and incRef'
  if (typeof dataIdMap?.get !== 'function') return 'its backend has no dataIdMap'
  const memory = memoryOf(wasm)
  if (memory === null) return 'its backend shows no WebAssembly memory'
  if (memory.buffer.constructor.name === 'SharedArrayBuffer') return 'its backend runs on several threads'
  try {
    return probe(backend as WasmBackend, memory)
  } catch (error) {
    return `its backend makes no tensors: ${(error as Error).message}`
  }
}

export function memoryOf(wasm: Pick<WasmModule, 'asm'>): WebAssembly.Memory | null {
  return Object.values(wasm.asm ?? {}).find((value): value is WebAssembly.Memory => value instanceof WebAssembly.Memory) ?? null
}

/** A tensor lies where memoryOffset says: three numbers written through the memory come back. */
function probe(backend: WasmBackend, memory: WebAssembly.Memory): string | null {
  const { dataId } = backend.makeOutput([3], 'float32')
  try {
    const { memoryOffset } = backend.dataIdMap.get(dataId)
    if (!Number.isInteger(memoryOffset) || memoryOffset <= 0 || memoryOffset % 4 !== 0) return 'its tensors have no memoryOffset'
    new Float32Array(memory.buffer, memoryOffset, 3).set([1, -2, 3])
    const { readSync } = backend as unknown as { readSync?: (id: object) => ArrayLike<number> }
    const back = readSync?.call(backend, dataId)
    return back?.[0] === 1 && back[1] === -2 && back[2] === 3 ? null : 'its tensors do not lie at memoryOffset'
  } finally {
    backend.disposeData(dataId)
  }
}
