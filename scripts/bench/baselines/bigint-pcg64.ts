/** PCG64's doubles with BigInt: 128-bit arithmetic written down as it reads (O'Neill 2014, PCG XSL RR 128/64). */
import type { Pcg64State } from '../../../envs/seeding/pcg64.js'

const MULTIPLIER = 0x2360ed051fc65da44385df649fccf645n
const MASK_64 = (1n << 64n) - 1n

/** Uniform doubles in [0, 1), from the state of one of our generators on. */
export function bigintDoubles(from: Pcg64State): () => number {
  let state = BigInt(from.state)
  const increment = BigInt(from.inc)
  return () => {
    state = BigInt.asUintN(128, state * MULTIPLIER + increment)
    const folded = (state >> 64n) ^ (state & MASK_64)
    const turn = state >> 122n
    const output = BigInt.asUintN(64, (folded >> turn) | (folded << ((64n - turn) & 63n)))
    return Number(output >> 11n) * 2 ** -53
  }
}
