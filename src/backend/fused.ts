/** Our own backend: perceptrons on hand-fused kernels, without TensorFlow.js. Which build of the kernels runs here, and why that one. */
import { RunError, UsageError } from '../core/errors.js'
import { type Kernels, packedSize } from '../kernels/kernels.js'
import { type LoadOptions, loadKernels } from '../kernels/load.js'

export const FUSED = {
  name: 'fused',
  meaning: 'perceptrons on kernels of our own, WebAssembly with SIMD and no tensors: the fastest on a CPU',
} as const

export interface FusedKernels {
  readonly kernels: Kernels
  /** 'relaxed kernels: this processor fuses multiply and add' */
  readonly why: string
}

/**
 * Kernels on a memory of their own.
 * @throws UsageError when a build that was asked for cannot run here; RunError when there is no memory
 */
export function fusedKernels(build: NonNullable<LoadOptions['build']>): FusedKernels {
  try {
    const kernels = loadKernels({ build })
    return { kernels, why: `${kernels.build} kernels: ${build === 'auto' ? WHY[kernels.build] : 'asked for'}` }
  } catch (error) {
    if (build !== 'auto' && error instanceof RunError && error.message.includes('cannot run here')) throw new UsageError(error.message)
    throw error
  }
}

const WHY: Readonly<Record<Kernels['build'], string>> = {
  relaxed: 'this processor fuses multiply and add',
  strict: 'no fused multiply and add in SIMD here',
  plain: 'no WebAssembly with SIMD and threads here',
}

/** Lets the kernels multiply two small matrices. @returns what they run on @throws RunError when the product is wrong */
export function tryFused(): string {
  const { kernels, why } = fusedKernels('auto')
  const { memory } = kernels
  const place = (values: readonly number[]): number => {
    const at = memory.allocate(16)
    new Float32Array(memory.buffer, at, values.length).set(values)
    return at
  }
  const [x, weights, bias, y] = [place([1, 2]), place([3, 4]), place([0]), place([])] as const
  const packed = memory.allocate(packedSize(2, 1))
  kernels.pack(weights, bias, 2, 1, packed)
  kernels.forward(1, 2, 1, x, 8, packed, y, 8, 0)
  const product = new Float32Array(memory.buffer, y, 1)[0]
  if (product !== 11) throw new RunError(`[1, 2] · [3, 4] came out as ${product} instead of 11`)
  return `CPU, ${why}`
}
