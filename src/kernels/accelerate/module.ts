/**
 * The compiled kernels for the heap of TensorFlow.js. They need no threads, so that a page without shared memory can use them; which build
 * runs is decided as in load.ts: fused multiply-add where the processor has it, separate multiply and add elsewhere.
 */
import { UsageError } from '../../core/errors.js'
import { wasm as relaxedWasm } from '../generated/heap-relaxed.js'
import { wasm as strictWasm } from '../generated/heap-strict.js'
import type { HeapKernels } from './heap.js'

export type HeapBuild = 'relaxed' | 'strict'

const compiled: Partial<Record<HeapBuild, WebAssembly.Module | null>> = {}

/** @returns null where WebAssembly has no SIMD @throws UsageError for 'relaxed' where it does not fuse */
export function heapModule(wanted: 'auto' | HeapBuild): { readonly build: HeapBuild; readonly module: WebAssembly.Module } | null {
  const build = wanted === 'auto' ? (moduleOf('relaxed') ? 'relaxed' : 'strict') : wanted
  const module = moduleOf(build)
  if (module) return { build, module }
  if (build === 'strict') return null
  throw new UsageError('accelerate: build "relaxed" needs a processor that fuses multiply and add; take "strict" or "auto".')
}

function moduleOf(build: HeapBuild): WebAssembly.Module | null {
  const known = compiled[build]
  if (known !== undefined) return known
  const made = compile(build)
  compiled[build] = made
  return made
}

function compile(build: HeapBuild): WebAssembly.Module | null {
  if (typeof WebAssembly === 'undefined') return null
  if (build === 'relaxed') allowRelaxedSimd()
  const bytes = Uint8Array.from(atob(build === 'relaxed' ? relaxedWasm : strictWasm), (letter) => letter.charCodeAt(0))
  if (!WebAssembly.validate(bytes)) return null
  const module = new WebAssembly.Module(bytes)
  return build === 'strict' || fuses(module) ? module : null
}

/** (1 + 2⁻¹²)² − (1 + 2⁻¹¹) is 2⁻²⁴ when it is rounded once, and 0 when the square is rounded first. */
function fuses(module: WebAssembly.Module): boolean {
  const { exports } = new WebAssembly.Instance(module, { env: { memory: new WebAssembly.Memory({ initial: 1 }) } })
  const x = 1 + 2 ** -12
  return (exports as unknown as HeapKernels).multiplyAdd(x, x, -(1 + 2 ** -11)) === 2 ** -24
}

/** Node 20 has relaxed SIMD behind a flag of V8; later ones and browsers have it or not. */
function allowRelaxedSimd(): void {
  const { process } = globalThis as { process?: { getBuiltinModule?: (id: string) => unknown } }
  const v8 = process?.getBuiltinModule?.('node:v8') as { setFlagsFromString(flag: string): void } | undefined
  v8?.setFlagsFromString('--experimental-wasm-relaxed-simd')
}
