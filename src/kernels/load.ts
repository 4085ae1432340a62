/**
 * Chooses a build of the kernels and puts it on a memory.
 *
 * 'relaxed' uses the fused multiply-add of relaxed SIMD. The standard lets each processor decide whether it fuses; where a probe shows that
 * this one does, the result is the same as on every other that does. 'strict' multiplies and adds, the same bits everywhere. Node 20 knows
 * relaxed SIMD behind a flag that can be set while it runs.
 */
import { RunError } from '../core/errors.js'
import { wasm as relaxedWasm } from './generated/learner-relaxed.js'
import { wasm as strictWasm } from './generated/learner-strict.js'
import type { KernelBuild, Kernels } from './kernels.js'
import { createMemory, type WasmMemory } from './memory.js'
import { plainKernels } from './plain.js'

export type WasmBuild = Exclude<KernelBuild, 'plain'>

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
  const lacks = missingFor(build)
  if (lacks !== null) throw new RunError(`kernels: the ${build} build cannot run here: ${lacks}`)
  return kernelsOn(build, kernelModule(build), createMemory())
}

/** The build that 'auto' takes; null where there is no WebAssembly SIMD. */
export function bestBuild(): WasmBuild | null {
  if (missingFor('relaxed') === null) return 'relaxed'
  return missingFor('strict') === null ? 'strict' : null
}

/** A compiled module, to be handed to other threads. Compiled once per thread. */
export function kernelModule(build: WasmBuild): WebAssembly.Module {
  modules[build] ??= new WebAssembly.Module(bytesOf(build))
  return modules[build]
}

/** Kernels from a module on a memory (`memoryOn`), both perhaps another thread's: they see each other's numbers. */
export function kernelsOn(build: WasmBuild, module: WebAssembly.Module, memory: WasmMemory): WasmKernels {
  const { exports } = new WebAssembly.Instance(module, { env: { memory: memory.wasm } })
  return { ...(exports as unknown as Omit<WasmKernels, 'build' | 'memory'>), build, memory }
}

const modules: Partial<Record<WasmBuild, WebAssembly.Module>> = {}
const missing: Partial<Record<WasmBuild, string | null>> = {}

/** Why a build cannot run; null where it can. */
function missingFor(build: WasmBuild): string | null {
  const known = missing[build]
  if (known !== undefined) return known
  const found = probe(build)
  missing[build] = found
  return found
}

function probe(build: WasmBuild): string | null {
  if (typeof WebAssembly === 'undefined') return 'there is no WebAssembly'
  if (build === 'relaxed') allowRelaxedSimd()
  if (!WebAssembly.validate(bytesOf(build))) {
    return build === 'strict' ? 'WebAssembly has no SIMD or no threads' : 'WebAssembly has no relaxed SIMD; take the strict build'
  }
  return build === 'strict' || fuses() ? null : 'this processor does not fuse multiply and add; take the strict build'
}

/** (1 + 2⁻¹²)² − (1 + 2⁻¹¹) is 2⁻²⁴ when it is rounded once, and 0 when the square is rounded first. */
function fuses(): boolean {
  const x = 1 + 2 ** -12
  const { multiplyAdd } = kernelsOn('relaxed', kernelModule('relaxed'), createMemory())
  return multiplyAdd(x, x, -(1 + 2 ** -11)) === 2 ** -24
}

/** Node 20 has relaxed SIMD behind a flag of V8; others have it or not. */
function allowRelaxedSimd(): void {
  const node = (globalThis as { process?: { getBuiltinModule?: (id: string) => unknown } }).process
  const v8 = node?.getBuiltinModule?.('node:v8') as { setFlagsFromString(flag: string): void } | undefined
  v8?.setFlagsFromString('--experimental-wasm-relaxed-simd')
}

function bytesOf(build: WasmBuild): Uint8Array<ArrayBuffer> {
  const text = atob(build === 'relaxed' ? relaxedWasm : strictWasm)
  const bytes = new Uint8Array(text.length)
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i)
  return bytes
}
