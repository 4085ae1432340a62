/**
 * The memory that kernels work on: one WebAssembly memory, shared where several threads shall see it, handed out from the bottom up and
 * never taken back (a learner keeps its buffers as long as it lives; both go together).
 *
 * The first word holds the next free place, so that every thread that attaches to the memory may allocate.
 */
import { RunError } from '../core/errors.js'
import type { KernelMemory } from './kernels.js'

/** Bytes of a WebAssembly page. */
const PAGE = 65_536
const INITIAL_PAGES = 16 // 1 MiB
/** The limit that the shared modules were compiled with (scripts/kernels/modules.ts): 2 GiB. */
const MAXIMUM_PAGES = 32_768
/** Bytes: a cache line, so that threads do not write into each other's. */
const LINE = 64

export interface WasmMemory extends KernelMemory {
  /** To hand to another thread, which calls `memoryOn` with it. */
  readonly wasm: WebAssembly.Memory
}

/** A new shared memory. @throws RunError when there is none to be had */
export function createMemory(): WasmMemory {
  try {
    return memoryOn(new WebAssembly.Memory({ initial: INITIAL_PAGES, maximum: MAXIMUM_PAGES, shared: true }))
  } catch (cause) {
    throw new RunError(
      `kernels: this system grants no memory for WebAssembly (${(cause as Error).message}); free some, raise the limit of ` +
        'virtual memory (ulimit -v), or compute with another backend',
    )
  }
}

/** The same memory in this thread. */
export function memoryOn(wasm: WebAssembly.Memory): WasmMemory {
  const next = new Int32Array(wasm.buffer, 0, 1) // in lines; stays valid when the memory grows
  Atomics.compareExchange(next, 0, 0, 1) // the first line is the word's own

  return {
    wasm,

    get buffer() {
      return wasm.buffer
    },

    allocate(floats) {
      const lines = Math.ceil((floats * 4) / LINE)
      for (;;) {
        const first = Atomics.load(next, 0)
        const missing = Math.ceil(((first + lines) * LINE - wasm.buffer.byteLength) / PAGE)
        if (missing > 0) grow(wasm, missing, floats) // before the place is taken: a refusal leaves all as it was
        if (Atomics.compareExchange(next, 0, first, first + lines) === first) return first * LINE
      }
    },
  }
}

function grow(wasm: WebAssembly.Memory, pages: number, floats: number): void {
  try {
    wasm.grow(pages)
  } catch {
    const MIB = 2 ** 20
    throw new RunError(
      `kernels: no memory for ${Math.ceil((floats * 4) / MIB)} MiB more; ${Math.round(wasm.buffer.byteLength / MIB)} MiB are in use and ` +
        `${(MAXIMUM_PAGES * PAGE) / MIB} MiB are the most. Take a smaller network, batch or rollout, or another backend`,
    )
  }
}
