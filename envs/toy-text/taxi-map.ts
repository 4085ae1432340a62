/** The town of Taxi, 5 × 5 tiles, and how it looks. */
import type { Canvas } from '../canvas/canvas.js'
import { columnOf, drawLetter, type Grid, rowOf } from './grid.js'

export interface TaxiState {
  /** 0 … 4, from the north. */
  readonly row: number
  /** 0 … 4, from the west. */
  readonly column: number
  /** The place where the passenger waits, 0 … 3; 4: in the taxi. */
  readonly passenger: number
  /** The place where the passenger wants to go, 0 … 3. */
  readonly destination: number
}

export const SIDE = 5 // tiles on each side of the town
export const PLACES: readonly number[] = [0, 4, 20, 23] // tiles of R, G, Y and B
export const WALLS: readonly number[] = [1, 6, 15, 17, 20, 22] // tiles with a wall on their east side

const LETTERS = ['R', 'G', 'Y', 'B']
const GRID: Grid = { rows: SIDE, columns: SIDE }

export function drawTaxi(canvas: Canvas, { row, column, passenger, destination }: TaxiState): void {
  canvas.view({ left: 0, right: SIDE, bottom: 0, top: SIDE })
  for (const edge of [0, SIDE]) {
    canvas.line(0, edge, SIDE, edge, 'ground')
    canvas.line(edge, 0, edge, SIDE, 'ground')
  }
  for (const tile of WALLS) {
    const [x, top] = [columnOf(GRID, tile) + 1, SIDE - rowOf(GRID, tile)]
    canvas.line(x, top - 1, x, top, 'ground')
  }
  canvas.rectangle(column + 0.2, SIDE - row - 0.75, 0.6, 0.5, passenger === 4 ? 'accent' : 'body')
  PLACES.forEach((tile, place) => {
    drawLetter(canvas, GRID, tile, LETTERS[place]!, place === destination ? 'goal' : 'muted')
    if (place === passenger) canvas.circle(columnOf(GRID, tile) + 0.25, SIDE - rowOf(GRID, tile) - 0.25, 0.12, 'danger')
  })
}

/** The map, the taxi as T, walls as |; and in words who is where. */
export function taxiText({ row, column, passenger, destination }: TaxiState): string {
  const taxi = row * SIDE + column
  const cell = (tile: number) => (tile === taxi ? 'T' : (LETTERS[PLACES.indexOf(tile)] ?? ' '))
  const side = (tile: number) => (columnOf(GRID, tile) === SIDE - 1 || WALLS.includes(tile) ? '|' : ':')
  const line = (index: number) => Array.from({ length: SIDE }, (_, i) => cell(index * SIDE + i) + side(index * SIDE + i)).join('')
  const border = `+${'-'.repeat(2 * SIDE - 1)}+`
  const where = passenger === 4 ? 'in the taxi' : `at ${LETTERS[passenger]}`
  return [
    border,
    ...Array.from({ length: SIDE }, (_, index) => `|${line(index)}`),
    border,
    `passenger ${where}, to ${LETTERS[destination]}`,
  ].join('\n')
}
