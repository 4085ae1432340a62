/**
 * A chart of braille dots, two by four to a cell, with its axis on the left and, if wanted, the steps below.
 * A solid line is a mean per dot column; dots show single values; limits are broken lines, τ dashed and the return that counts as solved dotted:
 * they differ from measurements by their shape, not only by their colour. What is drawn later lies on top.
 */
import { type BrailleGrid, brailleGrid } from '../../envs/canvas/braille-grid.js'
import { type Axis, axisFor, positionOn } from './axis.js'
import { tick } from './numbers.js'
import type { Point } from './series.js'
import { type Line, type Span, span } from './text.js'
import { AXIS, type Role } from './theme.js'

export interface Curve {
  readonly points: readonly Point[]
  readonly role: Role
  /** 'steps' holds a value until the next one and is dashed. */
  readonly style: 'line' | 'dots' | 'steps'
}

/** A single place, shown by a glyph of a whole cell. */
export interface Mark {
  readonly x: number
  readonly y: number
  readonly glyph: string
  readonly role: Role
}

export interface ChartOptions {
  readonly width: number
  readonly height: number
  readonly curves: readonly Curve[]
  readonly marks?: readonly Mark[]
  /** A dotted line from edge to edge; drawn only, the axis does not stretch for it. */
  readonly limit?: { readonly y: number; readonly role: Role } | null
  /** Where a dotted upright line stands. */
  readonly cursor?: { readonly x: number; readonly role: Role }
  readonly log?: boolean
  /** Environment steps at the left and at the right edge. */
  readonly from: number
  readonly to: number
  /** A row with the steps below. */
  readonly steps?: boolean
}

/** `height` lines of `width` cells. */
export function chart(options: ChartOptions): readonly Line[] {
  const { width, height, curves, marks = [], log = false, steps = false } = options
  const rows = height - (steps ? 1 : 0)
  const gutter = width >= 24 ? 6 : 0
  const columns = width - gutter
  if (rows < 1 || columns < 2) return Array.from({ length: height }, () => [])
  const axis = axisFor(valuesOf(curves, marks, log), log, Math.max(2, Math.floor(rows / 2.5)))
  const place = placer(options, axis, columns, rows)
  const grid = brailleGrid<Role>(columns, rows)
  if (options.limit) drawLimit(grid, place.row(options.limit.y), options.limit.role)
  if (options.cursor) for (let row = 0; row < grid.height; row += 2) grid.dot(place.column(options.cursor.x), row, options.cursor.role)
  for (const curve of curves) draw(grid, curve, place)
  const glyphs = new Map(marks.map((mark) => [`${place.column(mark.x) >> 1},${place.row(mark.y) >> 2}`, mark] as const))
  const labels = axisLabels(axis, place, rows)
  const lines = Array.from({ length: rows }, (_, row): Line => {
    const line: Span[] = gutter > 0 ? [labelSpan(labels.get(row), gutter)] : []
    for (let column = 0; column < columns; column++) {
      const mark = glyphs.get(`${column},${row}`)
      const cell = grid.cell(column, row)
      line.push(mark ? span(mark.glyph, mark.role) : cell.ink === null ? span(' ') : span(cell.glyph, cell.ink))
    }
    return line
  })
  return steps ? [...lines, stepsRow(options.from, options.to, gutter, columns)] : lines
}

/** Dot columns and dot rows (from the top) of values. */
interface Placer {
  column(x: number): number
  row(y: number): number
}

function placer({ from, to }: ChartOptions, axis: Axis, columns: number, rows: number): Placer {
  const range = to > from ? to - from : 1
  const last = { column: 2 * columns - 1, row: 4 * rows - 1 }
  return {
    column: (x) => Math.round(((x - from) / range) * last.column),
    row: (y) => Math.round((1 - positionOn(axis, y)) * last.row),
  }
}

function draw(grid: BrailleGrid<Role>, { points, role, style }: Curve, place: Placer): void {
  if (style === 'dots') {
    for (const { x, low, high, last } of points) for (const y of [low, high, last]) grid.dot(place.column(x), place.row(y), role)
    return
  }
  let before: { readonly x: number; readonly y: number } | null = null
  for (const { x, y } of byColumn(points, place)) {
    if (style === 'line') grid.line(before?.x ?? x, before?.y ?? y, x, y, role)
    else drawSteps(grid, before ?? { x, y }, { x, y }, role)
    before = { x, y }
  }
}

/** The old value up to the new one, three dots of four. */
function drawSteps(grid: BrailleGrid<Role>, from: { readonly x: number; readonly y: number }, to: typeof from, role: Role): void {
  const last = Math.min(to.x, grid.width - 1)
  for (let column = Math.max(from.x, 0); column <= last; column++) {
    if (column % 4 < 3) grid.dot(column, column < to.x ? from.y : to.y, role)
  }
}

/** One dot row for every dot column that has points: their mean, weighted by how many values each stands for. */
function byColumn(points: readonly Point[], place: Placer): readonly { readonly x: number; readonly y: number }[] {
  const columns = new Map<number, { sum: number; count: number }>()
  for (const point of points) {
    const x = place.column(point.x)
    const y = place.row(point.mean)
    if (!Number.isFinite(x) || !Number.isFinite(y)) continue
    const column = columns.get(x)
    if (column === undefined) columns.set(x, { sum: y * point.count, count: point.count })
    else {
      column.sum += y * point.count
      column.count += point.count
    }
  }
  return [...columns].map(([x, { sum, count }]) => ({ x, y: Math.round(sum / count) })).sort((a, b) => a.x - b.x)
}

function drawLimit(grid: BrailleGrid<Role>, row: number, role: Role): void {
  for (let column = 0; column < grid.width; column += 4) grid.dot(column, row, role)
}

function* valuesOf(curves: readonly Curve[], marks: readonly Mark[], log: boolean): Generator<number> {
  for (const { points, style } of curves) {
    for (const { mean, low, high } of points) {
      yield mean
      if (style === 'dots' && !log) yield* [low, high]
    }
  }
  for (const { y } of marks) yield y
}

function axisLabels(axis: Axis, place: Placer, rows: number): ReadonlyMap<number, string> {
  return new Map(axis.ticks.map((value) => [Math.min(rows - 1, Math.max(0, place.row(value) >> 2)), tick(value)] as const))
}

function labelSpan(label: string | undefined, gutter: number): Span {
  return label === undefined
    ? span(`${' '.repeat(gutter - 1)}${AXIS.plain}`, 'frame')
    : span(`${label.slice(0, gutter - 1).padStart(gutter - 1)}${AXIS.tick}`, 'dim')
}

/** The steps at both edges, and round numbers between them where there is room. */
function stepsRow(from: number, to: number, gutter: number, columns: number): Line {
  const row = new Array<string>(gutter + columns).fill(' ')
  const put = (text: string, at: number): void => {
    const around = row.slice(Math.max(0, at - 2), at + text.length + 2)
    if (at < 0 || at + text.length > row.length || around.some((character) => character !== ' ')) return
    for (let i = 0; i < text.length; i++) row[at + i] = text[i]!
  }
  const right = `${tick(to)} steps`
  put(right, gutter + columns - right.length)
  put(tick(from), gutter)
  if (to > from) {
    for (const value of axisFor([from, to], false, Math.floor(columns / 9)).ticks) {
      const label = tick(value)
      const at = gutter + Math.round(((value - from) / (to - from)) * (columns - 1))
      if (value > from && value < to) put(label, at - (label.length >> 1))
    }
  }
  return [span(row.join(''), 'dim')]
}
