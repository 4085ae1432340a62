/**
 * The loops over the columns of a matrix, each of which is a unit with a threshold of its own. They run down four neighbouring columns at
 * once, with their sums in registers: a cache brings sixteen elements for one, and the next columns find them there.
 */
import { clampEach } from './clamp-loops.js'
import type { Moments } from './loops.js'
import type { FloatArray } from './optimizer.js'

/** Σ x² of each column of a matrix of rows from `start` to `end`, into `into` from `at`. */
export function squaresOfColumns(x: FloatArray, start: number, end: number, columns: number, into: Float64Array, at: number): void {
  let k = 0
  for (; k + 3 < columns; k += 4) {
    let a = 0
    let b = 0
    let c = 0
    let d = 0
    for (let i = start + k; i < end; i += columns) {
      const p = x[i]!
      const q = x[i + 1]!
      const r = x[i + 2]!
      const s = x[i + 3]!
      a += p * p
      b += q * q
      c += r * r
      d += s * s
    }
    into[at + k] = a
    into[at + k + 1] = b
    into[at + k + 2] = c
    into[at + k + 3] = d
  }
  for (; k < columns; k++) {
    let a = 0
    for (let i = start + k; i < end; i += columns) a += x[i]! * x[i]!
    into[at + k] = a
  }
}

/** Squares, largest magnitude and sum of each column, from `at`. */
export function momentsOfColumns(x: FloatArray, start: number, end: number, columns: number, into: Moments, at: number): void {
  let k = 0
  for (; k + 1 < columns; k += 2) {
    let a = 0
    let b = 0
    let sumA = 0
    let sumB = 0
    let mostA = 0
    let mostB = 0
    for (let i = start + k; i < end; i += columns) {
      const p = x[i]!
      const q = x[i + 1]!
      a += p * p
      b += q * q
      sumA += p
      sumB += q
      if (Math.abs(p) > mostA) mostA = Math.abs(p)
      if (Math.abs(q) > mostB) mostB = Math.abs(q)
    }
    put(into, at + k, a, sumA, mostA)
    put(into, at + k + 1, b, sumB, mostB)
  }
  if (k === columns) return
  let a = 0
  let sum = 0
  let most = 0
  for (let i = start + k; i < end; i += columns) {
    const p = x[i]!
    a += p * p
    sum += p
    if (Math.abs(p) > most) most = Math.abs(p)
  }
  put(into, at + k, a, sum, most)
}

function put({ squares, sums, largest }: Moments, at: number, square: number, sum: number, most: number): void {
  squares[at] = square
  sums[at] = sum
  largest[at] = most
}

/** Each column by its own factor; a factor of 1 keeps the bits. */
export function scaleColumns(x: FloatArray, start: number, end: number, columns: number, factors: Float64Array, at: number): void {
  let row = start
  for (; row + 4 * columns <= end; row += 4 * columns) {
    for (let k = 0; k < columns; k++) {
      const by = factors[at + k]!
      const i = row + k
      const p = x[i]! * by
      const q = x[i + columns]! * by
      const r = x[i + 2 * columns]! * by
      const s = x[i + 3 * columns]! * by
      x[i] = p
      x[i + columns] = q
      x[i + 2 * columns] = r
      x[i + 3 * columns] = s
    }
  }
  for (; row < end; row += columns) for (let k = 0; k < columns; k++) x[row + k] = x[row + k]! * factors[at + k]!
}

/** Each column to its own limits, and Σ x² of what comes out into `squares`. @returns how many were outside */
export function clampColumns(
  x: FloatArray,
  start: number,
  end: number,
  columns: number,
  limits: Float64Array,
  squares: Float64Array,
  at: number,
): number {
  let outside = 0
  let k = 0
  for (; k + 3 < columns; k += 4) {
    const tauA = limits[at + k]!
    const tauB = limits[at + k + 1]!
    const tauC = limits[at + k + 2]!
    const tauD = limits[at + k + 3]!
    let a = 0
    let b = 0
    let c = 0
    let d = 0
    for (let i = start + k; i < end; i += columns) {
      let p = x[i]!
      let q = x[i + 1]!
      let r = x[i + 2]!
      let s = x[i + 3]!
      if (Math.abs(p) > tauA || Math.abs(q) > tauB || Math.abs(r) > tauC || Math.abs(s) > tauD) {
        outside += clampEach(x, i, i + 1, tauA) + clampEach(x, i + 1, i + 2, tauB)
        outside += clampEach(x, i + 2, i + 3, tauC) + clampEach(x, i + 3, i + 4, tauD)
        p = x[i]!
        q = x[i + 1]!
        r = x[i + 2]!
        s = x[i + 3]!
      }
      a += p * p
      b += q * q
      c += r * r
      d += s * s
    }
    squares[at + k] = a
    squares[at + k + 1] = b
    squares[at + k + 2] = c
    squares[at + k + 3] = d
  }
  for (; k < columns; k++) {
    let a = 0
    for (let i = start + k; i < end; i += columns) {
      outside += clampEach(x, i, i + 1, limits[at + k]!)
      a += x[i]! * x[i]!
    }
    squares[at + k] = a
  }
  return outside
}
