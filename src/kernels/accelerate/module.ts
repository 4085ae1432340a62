/** The compiled kernels for the heap of TensorFlow.js. They need no threads, so that a page without shared memory can use them. */
import { UsageError } from '../../core/errors.js'
import { type WasmBuild, wasmBuilds } from '../builds.js'
import { wasm as relaxedWasm } from '../generated/heap-relaxed.js'
import { wasm as strictWasm } from '../generated/heap-strict.js'

export type HeapBuild = WasmBuild

const builds = wasmBuilds({ relaxed: relaxedWasm, strict: strictWasm }, () => new WebAssembly.Memory({ initial: 1 }), 'SIMD')

/** @returns null where WebAssembly has no SIMD @throws UsageError for 'relaxed' where it does not fuse */
export function heapModule(wanted: 'auto' | HeapBuild): { readonly build: HeapBuild; readonly module: WebAssembly.Module } | null {
  const build = wanted === 'auto' ? builds.best() : wanted
  if (build === null) return null
  const lacks = builds.missing(build)
  if (lacks === null) return { build, module: builds.module(build) }
  if (build === 'strict') return null
  throw new UsageError(`accelerate: build "relaxed" cannot run here: ${lacks}, or "auto".`)
}
