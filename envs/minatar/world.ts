/** The world of all MinAtar games: 10 × 10 cells, six actions, and kinds of things. */
import type { Ink } from '../canvas/canvas.js'

export const SIDE = 10 // cells

/** Actions. */
export const NOTHING = 0
export const LEFT = 1
export const UP = 2
export const RIGHT = 3
export const DOWN = 4
export const FIRE = 5

/** One kind of thing, as it is shown. */
export interface Channel {
  readonly name: string
  readonly ink: Ink
  /** In a picture of characters. */
  readonly letter: string
  /** Which part of the cell it fills in a drawing. Default: all of it. */
  readonly part?: 'upper' | 'lower'
}

/** Marks one cell; outside the grid there is none. */
export function mark(out: Float32Array, outAt: number, channels: number, row: number, column: number, channel: number): void {
  if (row < 0 || row >= SIDE || column < 0 || column >= SIDE) return
  out[outAt + (row * SIDE + column) * channels + channel] = 1
}

/** The cell that a step of −1 or 1 leads to; the border stops it. */
export const within = (place: number, least: number, most: number) => Math.min(Math.max(place, least), most)
