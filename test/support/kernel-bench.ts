/** Arrays in and out of the memory of kernels, with guards around them, and random numbers to fill them. */
import { expect } from 'vitest'
import { stream } from '../../src/core/random.js'
import { type Kernels, padded } from '../../src/kernels/kernels.js'

/** Lies before and behind every array; no kernel may write there. */
const GUARD = 12345

export interface KernelBench {
  readonly k: Kernels
  /** Puts numbers at a fresh place, `shift` floats beyond a multiple of 16 bytes. */
  floats(values: ArrayLike<number>, shift?: number): number
  ints(values: readonly number[]): number
  /** Rows of `width` numbers with their padding. `extra` blocks of 8 floats more per row, filled with guards. */
  rows(values: ArrayLike<number>, rows: number, width: number, extra?: number): number
  /** Zeros in float64. */
  stats(count: number): number
  read(at: number, count: number): number[]
  readDoubles(at: number, count: number): number[]
  /** The numbers of padded rows; checks that the padding is 0 and what lies beyond untouched. */
  readRows(at: number, rows: number, width: number, extra?: number): number[]
  /** Every array still has its guards. */
  checkGuards(): void
}

export function kernelBench(k: Kernels): KernelBench {
  const guards: number[] = []
  const f32 = () => new Float32Array(k.memory.buffer)
  const place = (count: number, shift: number): number => {
    const at = k.memory.allocate(count + shift + 32) + 64
    const start = at / 4 + shift
    for (const guard of [start - 1, start + count]) {
      f32()[guard] = GUARD
      guards.push(guard)
    }
    return start * 4
  }
  const bench: KernelBench = {
    k,
    floats(values, shift = 0) {
      const at = place(values.length, shift)
      f32().set(Float32Array.from(values), at / 4)
      return at
    },
    ints(values) {
      const at = place(values.length, 0)
      new Int32Array(k.memory.buffer).set(values, at / 4)
      return at
    },
    rows(values, rows, width, extra = 0) {
      const ld = padded(width) + 8 * extra
      const at = place(rows * ld, 0)
      const all = f32()
      for (let row = 0; row < rows; row++) {
        for (let c = 0; c < width; c++) all[at / 4 + row * ld + c] = values[row * width + c]!
        all.fill(GUARD, at / 4 + row * ld + padded(width), at / 4 + (row + 1) * ld)
      }
      return at
    },
    stats: (count) => place(2 * count, 0),
    read: (at, count) => [...f32().subarray(at / 4, at / 4 + count)],
    readDoubles: (at, count) => [...new Float64Array(k.memory.buffer, at, count)],
    readRows(at, rows, width, extra = 0) {
      const ld = padded(width) + 8 * extra
      const all = f32()
      const found: number[] = []
      for (let row = 0; row < rows; row++) {
        const from = at / 4 + row * ld
        found.push(...all.subarray(from, from + width))
        if (all.subarray(from + width, from + padded(width)).some((x) => x !== 0)) expect.fail(`row ${row}: padding is not 0`)
        if (all.subarray(from + padded(width), from + ld).some((x) => x !== GUARD)) expect.fail(`row ${row}: written beyond its padding`)
      }
      return found
    },
    checkGuards() {
      const all = f32()
      for (const guard of guards) if (all[guard] !== GUARD) expect.fail(`float ${guard} lies beside an array and was written`)
    },
  }
  return bench
}

/** `count` float32 numbers about `size` large. */
export function randomFloats(seed: number, name: string, count: number, size = 1): Float32Array {
  const random = stream(seed, name)
  return Float32Array.from({ length: count }, () => random.normal() * size)
}
