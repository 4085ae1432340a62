/**
 * `accelerate(tf)`: faster and more complete kernels for any program on the wasm backend of TensorFlow.js, registered in place of the stock
 * ones. Dense layers train several times as fast, convolutions and embeddings train at all, and the gradient of max pooling is right.
 *
 * Key idea: our kernels are instantiated on the backend's own memory, so tensors are read and written where they lie. What a kernel does
 * not handle (other types, layouts, axes) goes on to the stock kernel. This stands on parts of TensorFlow.js that nobody promises, so
 * version and layout are tested first; where they do not fit, nothing changes and the report says why.
 */
import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core'
import { RunError, UsageError } from '../core/errors.js'
import {
  conv2d,
  conv2dFilterGradient,
  conv2dInputGradient,
  depthwiseFilterGradient,
  depthwiseInputGradient,
  fusedConv2d,
  maxPoolGradient,
} from './accelerate/convolution.js'
import { cast, identity, sqrt, sum, tanh } from './accelerate/elementwise.js'
import { gather, unsortedSegmentSum } from './accelerate/gather.js'
import { type Heap, heapOf } from './accelerate/heap.js'
import type { AcceleratedKernel } from './accelerate/kernel.js'
import { batchMatMul, fusedMatMul } from './accelerate/matmul.js'
import { type HeapBuild, heapModule } from './accelerate/module.js'
import { type KernelCall, layoutProblem, type Tf, versionProblem, type WasmBackend } from './accelerate/tfjs.js'

export type { HeapBuild, Tf }

export interface AccelerateOptions {
  /**
   * 'relaxed': fused multiply-add, faster. 'strict': separate multiply and add, the same bits on every machine. Default 'auto': relaxed
   * where the processor fuses.
   */
  readonly build?: 'auto' | HeapBuild
  /** Names of kernels to leave as they are. Default none. */
  readonly except?: readonly string[]
}

export interface KernelReport {
  readonly name: string
  /** 'added': TensorFlow.js has none on wasm; 'stock': left alone. */
  readonly state: 'replaced' | 'added' | 'stock'
  /** What for, or why not. */
  readonly reason: string
}

export interface Acceleration {
  /** Whether anything was registered. */
  readonly active: boolean
  readonly build: HeapBuild | null
  readonly kernels: readonly KernelReport[]
  /** One line for people. */
  readonly message: string
  /** Registers the stock kernels again and frees what was allocated. Once is enough. */
  undo(): void
}

const KERNELS: readonly AcceleratedKernel[] = [
  batchMatMul,
  fusedMatMul,
  tanh,
  sqrt,
  sum,
  identity,
  cast,
  conv2d,
  fusedConv2d,
  conv2dFilterGradient,
  conv2dInputGradient,
  depthwiseFilterGradient,
  depthwiseInputGradient,
  maxPoolGradient,
  gather,
  unsortedSegmentSum,
]

/** The acceleration in force; a second one replaces it. */
let current: Acceleration | null = null

/**
 * @param tf the module `@tensorflow/tfjs-core` or `@tensorflow/tfjs`, with the wasm backend active
 * @throws UsageError for a name in `except` that is no kernel of ours, and for a build that cannot run here
 */
export function accelerate(tf: Tf, { build = 'auto', except = [] }: AccelerateOptions = {}): Acceleration {
  const stranger = except.find((name) => !KERNELS.some((kernel) => kernel.name === name))
  if (stranger !== undefined)
    throw new UsageError(`accelerate: except: there is no kernel "${stranger}"; there are ${KERNELS.map(({ name }) => name).join(', ')}.`)
  current?.undo()
  const problem = versionProblem(tf) ?? layoutProblem(tf.backend())
  if (problem !== null) return stock(problem)
  const chosen = heapModule(build)
  if (chosen === null) return stock('WebAssembly has no SIMD here')

  const heaps = heapsFor(chosen.module)
  heaps.of(tf.backend())
  const undone: (() => void)[] = []
  const kernels = KERNELS.map((kernel): KernelReport => {
    if (except.includes(kernel.name)) return { name: kernel.name, state: 'stock', reason: 'asked to leave it' }
    const old = tf.getKernel(kernel.name, 'wasm')
    undone.push(replace(tf, kernel, old, heaps.of))
    return { name: kernel.name, state: old ? 'replaced' : 'added', reason: kernel.why }
  })
  const changed = kernels.filter(({ state }) => state !== 'stock').length
  const acceleration: Acceleration = {
    active: true,
    build: chosen.build,
    kernels,
    message: `TensorFlow.js wasm accelerated: ${changed} kernels, ${chosen.build === 'relaxed' ? 'fused multiply-add' : 'multiply and add'}`,
    undo() {
      if (current !== acceleration) return
      for (const restore of undone) restore()
      heaps.release()
      current = null
    },
  }
  current = acceleration
  return acceleration
}

function stock(problem: string): Acceleration {
  return {
    active: false,
    build: null,
    kernels: KERNELS.map(({ name }) => ({ name, state: 'stock', reason: problem })),
    message: `TensorFlow.js left as it is: ${problem}`,
    undo: () => {},
  }
}

/** @returns what restores the kernel */
function replace(tf: Tf, { name, run }: AcceleratedKernel, old: KernelConfig | undefined, heap: (backend: unknown) => Heap): () => void {
  const kernelFunc = (call: KernelCall): TensorInfo | TensorInfo[] => {
    const result = run(call, heap(call.backend), tf)
    if (result !== null) return result
    if (old) return old.kernelFunc(call as Parameters<typeof old.kernelFunc>[0])
    const given = Object.entries(call.inputs).map(([input, tensor]) => `${input} ${tensor?.dtype} [${tensor?.shape}]`)
    throw new RunError(
      `${name} on wasm: expected float32 tensors, channels last; got ${given.join(', ')}. Cast or transpose, or use the cpu backend.`,
    )
  }
  if (old) tf.unregisterKernel(name, 'wasm')
  tf.registerKernel({ ...old, kernelName: name, backendName: 'wasm', kernelFunc } as KernelConfig)
  return () => {
    tf.unregisterKernel(name, 'wasm')
    if (old) tf.registerKernel(old)
  }
}

/** One heap per backend: after tf.removeBackend('wasm') a new one has another memory. */
function heapsFor(module: WebAssembly.Module): { readonly of: (backend: unknown) => Heap; readonly release: () => void } {
  let backend: unknown = null
  let heap: Heap | null = null
  return {
    of(wanted) {
      if (heap !== null && wanted === backend) return heap
      backend = wanted
      heap = heapOf(wanted as WasmBackend, module)
      return heap
    },
    release() {
      if ((backend as WasmBackend | null)?.wasm) heap?.release() // a backend that was disposed of has no wasm any more
      heap = null
    },
  }
}
