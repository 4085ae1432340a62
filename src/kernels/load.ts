/** Chooses a build of the kernels (builds.ts) and puts it on a memory. */
import { RunError } from '../core/errors.js'
import { type WasmBuild, wasmBuilds } from './builds.js'
import { wasm as relaxedWasm } from './generated/learner-relaxed.js'
import { wasm as strictWasm } from './generated/learner-strict.js'
import type { KernelBuild, Kernels } from './kernels.js'
import { createMemory, type WasmMemory } from './memory.js'
import { plainKernels } from './plain.js'

export type { WasmBuild }

/** What a module offers beyond the contract: for tests and the bench. */
export interface WasmKernels extends Kernels {
  readonly build: WasmBuild
  readonly memory: WasmMemory
  /** out ← tanh(x), out ← eˣ; `count` a multiple of 4, in place if wanted. */
  tanh(x: number, out: number, count: number): void
  exp(x: number, out: number, count: number): void
  /** a · b + c in float32, fused or not. */
  multiplyAdd(a: number, b: number, c: number): number
  /** 96 · `turns` operations of multiply and add on registers: as fast as it gets. */
  peak(turns: number, factor: number): number
}

export interface LoadOptions {
  /** Default 'auto': the fastest that this machine has. */
  readonly build?: 'auto' | KernelBuild
}

/**
 * Kernels on a new memory of their own.
 * @throws RunError when a build that was asked for cannot run here, or there is no memory
 */
export function loadKernels({ build = 'auto' }: LoadOptions = {}): Kernels {
  const chosen = build === 'auto' ? (bestBuild() ?? 'plain') : build
  return chosen === 'plain' ? plainKernels() : loadWasmKernels(chosen)
}

/** @throws RunError as `loadKernels` */
export function loadWasmKernels(build: WasmBuild): WasmKernels {
  const lacks = builds.missing(build)
  if (lacks !== null) throw new RunError(`kernels: the ${build} build cannot run here: ${lacks}`)
  return kernelsOn(build, kernelModule(build), createMemory())
}

/** The build that 'auto' takes; null where there is no WebAssembly SIMD. */
export const bestBuild = (): WasmBuild | null => builds.best()

/** A compiled module, to be handed to other threads. Compiled once per thread. */
export const kernelModule = (build: WasmBuild): WebAssembly.Module => builds.module(build)

/** Kernels from a module on a memory (`memoryOn`), both perhaps another thread's: they see each other's numbers. */
export function kernelsOn(build: WasmBuild, module: WebAssembly.Module, memory: WasmMemory): WasmKernels {
  const { exports } = new WebAssembly.Instance(module, { env: { memory: memory.wasm } })
  return { ...(exports as unknown as Omit<WasmKernels, 'build' | 'memory'>), build, memory }
}

const builds = wasmBuilds({ relaxed: relaxedWasm, strict: strictWasm }, () => createMemory().wasm, 'SIMD or no threads')
