/**
 * Things that move alike as bits: ten numbers, one for each row of the grid, in which bit c stands for column c. All of a kind move in ten
 * shifts, and whether two kinds meet is one AND per row. `rows` is where the ten numbers begin in the state. Most rows are empty, and looking
 * for that first is what makes these fast: numbers of a Float64Array become integers before they are shifted.
 */
import { SIDE } from './world.js'

const FULL = (1 << SIDE) - 1

export const bit = (column: number) => 1 << column

export const has = (state: Float64Array, rows: number, row: number, column: number) => (state[rows + row]! & (1 << column)) !== 0

export function put(state: Float64Array, rows: number, row: number, column: number): void {
  state[rows + row] = state[rows + row]! | (1 << column)
}

/** One column on: to the right for a heading of 1, to the left for −1. What crosses the border is gone. */
export function shift(state: Float64Array, rows: number, heading: number): void {
  for (let row = 0; row < SIDE; row++) if (state[rows + row] !== 0) state[rows + row] = shifted(state[rows + row]!, heading)
}

/** The same for one row of bits. */
export const shifted = (bits: number, heading: number) => (heading > 0 ? (bits << 1) & FULL : bits >> 1)

export function shiftUp(state: Float64Array, rows: number): void {
  for (let row = 1; row < SIDE; row++) state[rows + row - 1] = state[rows + row]!
  state[rows + SIDE - 1] = 0
}

export function shiftDown(state: Float64Array, rows: number): void {
  for (let row = SIDE - 1; row > 0; row--) state[rows + row] = state[rows + row - 1]!
  state[rows] = 0
}

/** Columns that hold something in any row. */
export function columnsOf(state: Float64Array, rows: number): number {
  let columns = 0
  for (let row = 0; row < SIDE; row++) columns |= state[rows + row]!
  return columns
}

/** How many things there are. */
export function countOf(state: Float64Array, rows: number): number {
  let count = 0
  for (let row = 0; row < SIDE; row++) count += ones(state[rows + row]!)
  return count
}

/** How many bits are set. */
export function ones(bits: number): number {
  let count = 0
  for (let rest = bits; rest !== 0; rest &= rest - 1) count++
  return count
}

/** Where shots and targets meet both are taken away. Returns how many targets were hit. */
export function strike(state: Float64Array, shots: number, targets: number): number {
  let hits = 0
  for (let row = 0; row < SIDE; row++) {
    if (state[shots + row] === 0 || state[targets + row] === 0) continue
    const both = state[shots + row]! & state[targets + row]!
    hits += ones(both)
    state[shots + row] = state[shots + row]! & ~both
    state[targets + row] = state[targets + row]! & ~both
  }
  return hits
}

/** Marks every thing in a channel of the image. */
export function paintBits(state: Float64Array, rows: number, out: Float32Array, outAt: number, channels: number, channel: number): void {
  for (let row = 0; row < SIDE; row++) if (state[rows + row] !== 0) paintRow(state[rows + row]!, row, out, outAt, channels, channel)
}

/** The same for one row of bits. */
export function paintRow(bits: number, row: number, out: Float32Array, outAt: number, channels: number, channel: number): void {
  for (let rest = bits; rest !== 0; rest &= rest - 1) {
    const column = 31 - Math.clz32(rest & -rest)
    out[outAt + (row * SIDE + column) * channels + channel] = 1
  }
}
