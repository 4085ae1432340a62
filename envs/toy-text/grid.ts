/** What the worlds of tiles share: how a step goes, and how a grid looks. Tile = row · columns + column; row 0 is the upper one. */
import type { Canvas, Ink } from '../canvas/canvas.js'

export interface Grid {
  readonly rows: number
  readonly columns: number
}

export const rowOf = ({ columns }: Grid, tile: number) => Math.floor(tile / columns)
export const columnOf = ({ columns }: Grid, tile: number) => tile % columns

/** The tile that lies `down` rows and `right` columns away; the border stops whoever walks into it. */
export function stepped(grid: Grid, tile: number, [down, right]: readonly [number, number]): number {
  const row = Math.min(Math.max(rowOf(grid, tile) + down, 0), grid.rows - 1)
  const column = Math.min(Math.max(columnOf(grid, tile) + right, 0), grid.columns - 1)
  return row * grid.columns + column
}

/** Sets the view to the grid, one unit a tile, and draws its lines. */
export function drawGrid(canvas: Canvas, { rows, columns }: Grid): void {
  canvas.view({ left: 0, right: columns, bottom: 0, top: rows })
  for (let row = 0; row <= rows; row++) canvas.line(0, row, columns, row, 'muted')
  for (let column = 0; column <= columns; column++) canvas.line(column, 0, column, rows, 'muted')
}

/** Whoever walks the grid. */
export function drawWalker(canvas: Canvas, grid: Grid, tile: number): void {
  canvas.circle(columnOf(grid, tile) + 0.5, grid.rows - 0.5 - rowOf(grid, tile), 0.35, 'accent')
}

export function drawLetter(canvas: Canvas, grid: Grid, tile: number, letter: string, ink: Ink): void {
  canvas.text(columnOf(grid, tile) + 0.45, grid.rows - 0.55 - rowOf(grid, tile), letter, ink)
}

/** The letters of the tiles, row by row, that of the walker in brackets: ' S [F] F  H '. */
export function gridText(grid: Grid, letters: ArrayLike<string>, walker: number): string {
  const cell = (tile: number) => (tile === walker ? `[${letters[tile]}]` : ` ${letters[tile]} `)
  const row = (index: number) => Array.from({ length: grid.columns }, (_, column) => cell(index * grid.columns + column)).join('')
  return Array.from({ length: grid.rows }, (_, index) => row(index)).join('\n')
}
