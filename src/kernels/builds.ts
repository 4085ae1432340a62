/**
 * Which build of a WebAssembly module runs here.
 *
 * 'relaxed' uses the fused multiply-add of relaxed SIMD. The standard lets each processor decide whether it fuses; where a probe shows that
 * this one does, the result is the same as on every other that does. 'strict' multiplies and adds, the same bits everywhere. Node 20 knows
 * relaxed SIMD behind a flag that can be set while it runs.
 */

export type WasmBuild = 'relaxed' | 'strict'

export interface Builds {
  /** Why a build cannot run; null where it can. */
  missing(build: WasmBuild): string | null
  /** The fastest that runs; null where there is no WebAssembly SIMD. */
  best(): WasmBuild | null
  /** Compiled, to be handed to other threads. Once per thread. */
  module(build: WasmBuild): WebAssembly.Module
}

/**
 * @param code of each build, base64; the module must offer `multiplyAdd` (assembly/probe.ts)
 * @param memory for a probe @param needs what the strict build needs of WebAssembly, for people
 */
export function wasmBuilds(code: Readonly<Record<WasmBuild, string>>, memory: () => WebAssembly.Memory, needs: string): Builds {
  const modules: Partial<Record<WasmBuild, WebAssembly.Module>> = {}
  const known: Partial<Record<WasmBuild, string | null>> = {}

  const module = (build: WasmBuild): WebAssembly.Module => {
    modules[build] ??= new WebAssembly.Module(bytesOf(code[build]))
    return modules[build]
  }

  function probe(build: WasmBuild): string | null {
    if (typeof WebAssembly === 'undefined') return 'there is no WebAssembly'
    if (build === 'relaxed') allowRelaxedSimd()
    if (!WebAssembly.validate(bytesOf(code[build]))) {
      return build === 'strict' ? `WebAssembly has no ${needs}` : 'WebAssembly has no relaxed SIMD; take the strict build'
    }
    return build === 'strict' || fuses(module(build), memory())
      ? null
      : 'this processor does not fuse multiply and add; take the strict build'
  }

  function missing(build: WasmBuild): string | null {
    const before = known[build]
    if (before !== undefined) return before
    const found = probe(build)
    known[build] = found
    return found
  }

  return {
    missing,
    module,
    best() {
      if (missing('relaxed') === null) return 'relaxed'
      return missing('strict') === null ? 'strict' : null
    },
  }
}

/** (1 + 2⁻¹²)² − (1 + 2⁻¹¹) is 2⁻²⁴ when it is rounded once, and 0 when the square is rounded first. */
function fuses(module: WebAssembly.Module, memory: WebAssembly.Memory): boolean {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } })
  const { multiplyAdd } = exports as { multiplyAdd: (a: number, b: number, c: number) => number }
  const x = 1 + 2 ** -12
  return multiplyAdd(x, x, -(1 + 2 ** -11)) === 2 ** -24
}

/** Node 20 has relaxed SIMD behind a flag of V8; later ones and browsers have it or not. */
function allowRelaxedSimd(): void {
  const { process } = globalThis as { process?: { getBuiltinModule?: (id: string) => unknown } }
  const v8 = process?.getBuiltinModule?.('node:v8') as { setFlagsFromString(flag: string): void } | undefined
  v8?.setFlagsFromString('--experimental-wasm-relaxed-simd')
}

const bytesOf = (code: string): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(code), (letter) => letter.charCodeAt(0))
