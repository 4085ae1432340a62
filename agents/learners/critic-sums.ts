/**
 * Sums and scalings of the critic's gradient that the second thread does where the numbers lie in its cache: what goes from one processor to
 * the other is a sum per run in place of the run. Which runs are summed is found by what was asked for in the steps before.
 */
import type { KernelMemory, Kernels } from '../../src/kernels/kernels.js'
import type { Run } from './fused-memory.js'

/** Runs that can be summed, and scalings in one step, at most. */
const MOST = 128

/** Float32 numbers that the table takes in the kernels' memory. */
export const SUMS_SIZE = MOST * (4 + 2 + 6)

/** The table, as both threads see it. */
export interface CriticSums {
  /** Per run: offset, elements, and whether it is summed again once it is scaled. */
  readonly runs: Int32Array
  readonly sums: Float64Array
  /** Per scaling: offset, elements, factor. */
  readonly scalings: Float64Array
}

export function criticSums({ buffer }: KernelMemory, address: number): CriticSums {
  return {
    runs: new Int32Array(buffer, address, 4 * MOST),
    sums: new Float64Array(buffer, address + 16 * MOST, MOST),
    scalings: new Float64Array(buffer, address + 24 * MOST, 3 * MOST),
  }
}

/** Σ x² of the first `count` runs. @param again only of those that are wanted after scaling */
export function sumUp(kernels: Kernels, gradient: number, { runs, sums }: CriticSums, count: number, again: boolean): void {
  for (let i = 0; i < count; i++) {
    if (!again || runs[4 * i + 2] === 1) sums[i] = kernels.sumOfSquares(gradient + 4 * runs[4 * i]!, runs[4 * i + 1]!)
  }
}

export function scaleAll(kernels: Kernels, gradient: number, { scalings }: CriticSums, count: number): void {
  for (let i = 0; i < count; i++) kernels.scale(gradient + 4 * scalings[3 * i]!, scalings[3 * i + 1]!, scalings[3 * i + 2]!)
}

/** The first thread's side. */
export interface SumsAway {
  /** @returns the run's number in the table; -1 where there is no more room */
  place(run: Run): number
  /** Runs to sum in a pass that is ordered now. */
  passOrdered(): number
  /** Notes a scaling. @returns false where there is no more room */
  scale(run: Run, factor: number): boolean
  /** Scalings noted since the last call. */
  takeScalings(): number
  /** They are ordered now. @returns how many runs the table holds */
  scaleOrdered(): number
  /** Σ x² of a run as it is now, once what was ordered is done; undefined where nobody has summed it. */
  sum(place: number): number | undefined
}

export function sumsAway({ runs, sums, scalings }: CriticSums): SumsAway {
  const places = new Map<string, number>()
  const knownAgain = new Uint8Array(MOST) // by the last order to scale
  let summed = 0
  let noted = 0
  let scaled = false
  return {
    place({ offset, size }) {
      const key = `${offset} ${size}`
      const known = places.get(key)
      if (known !== undefined) return known
      const place = places.size
      if (place === MOST) return -1
      places.set(key, place)
      runs.set([offset, size, 0], 4 * place)
      return place
    },

    passOrdered() {
      scaled = false
      noted = 0
      summed = places.size
      return summed
    },

    scale({ offset, size }, factor) {
      if (noted === MOST) return false
      scalings[3 * noted] = offset
      scalings[3 * noted + 1] = size
      scalings[3 * noted + 2] = factor
      noted++
      return true
    },

    takeScalings() {
      const count = noted
      noted = 0
      return count
    },

    scaleOrdered() {
      scaled = true
      for (let i = 0; i < places.size; i++) knownAgain[i] = runs[4 * i + 2]!
      return places.size
    },

    sum(place) {
      if (place < 0) return undefined
      if (!scaled) return place < summed ? sums[place] : undefined
      if (knownAgain[place] === 1) return sums[place]
      runs[4 * place + 2] = 1 // from the next time on
      return undefined
    },
  }
}
